using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ControlPlane.Model;
using ControlPlane.Xds;
using ControlPlane.Xds.Resources.Identity;

namespace ControlPlane.Silo.Identity;

/// <summary>
/// The folder of a mesh's certificates: <c>ca.crt</c>, and of each workload <c>NAME.crt</c>, <c>NAME.key</c> and <c>NAME.token</c>. What is bad changes
/// nothing: what was good last stays in force. What is gone is gone. Not for use by two threads at once.
/// </summary>
internal sealed class CertificateFolder(string path, string trustDomain)
{
    private const string AuthoritiesFile = "ca.crt";
    private const string Kept = "What was read before stays in force";
    private readonly Dictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private TrustBundle? bundle;
    private string authorities = "";

    public string Path => path;

    public string TrustDomain => trustDomain;

    /// <summary>Reads what has changed.</summary>
    public MeshCertificates Read(DateTimeOffset now)
    {
        var problems = new List<Problem>();
        try
        {
            HashSet<string> files = [.. Directory.EnumerateFiles(path).Select(file => System.IO.Path.GetFileName(file))];
            // Without it the folder is not what it should be: it may be just being made.
            if (!files.Contains(AuthoritiesFile))
            {
                problems.Add(ProblemOf(AuthoritiesFile, $"the file is missing: the certificates (PEM) of the mesh's authorities are expected in it. {Kept}"));
                return Result(problems, now);
            }
            ReadBundle(problems);
            ReadEntries(files, problems);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(new Problem(path, "", $"the folder cannot be read: {exception.Message} {Kept}"));
        }
        return Result(problems, now);
    }

    private MeshCertificates Result(List<Problem> problems, DateTimeOffset now)
    {
        HeldIdentity[] held = [.. entries.Values.Select(entry => entry.Held).OfType<HeldIdentity>().OrderBy(identity => identity.Name, StringComparer.Ordinal)];
        var shared = held.Where(identity => identity.TokenDigest is not null).GroupBy(identity => Convert.ToHexString(identity.TokenDigest!.Value.Span))
            .Where(group => group.Select(identity => identity.SpiffeId).Distinct().Count() > 1).SelectMany(group => group).ToHashSet();
        foreach (HeldIdentity identity in held)
        {
            if (shared.Contains(identity))
            {
                problems.Add(ProblemOf($"{identity.Name}.token", "another workload has the same token: it stands for neither. Give each one of its own"));
            }
            if (identity.NotAfter < now)
            {
                problems.Add(ProblemOf($"{identity.Name}.crt", $"it has expired on {identity.NotAfter:u}: its peers refuse it"));
            }
            if (entries[identity.Name].IsForeign)
            {
                problems.Add(ProblemOf($"{identity.Name}.crt", $"no authority of {AuthoritiesFile} has signed it: its peers refuse it"));
            }
        }
        return MeshCertificates.Of(bundle, held.Select(identity => shared.Contains(identity) ? identity with { TokenDigest = null } : identity), problems);
    }

    private void ReadBundle(List<Problem> problems)
    {
        try
        {
            string text = File.ReadAllText(Of(AuthoritiesFile));
            if (text != authorities)
            {
                bundle = new TrustBundle(trustDomain, Pem.Certificates(text).ExportCertificatePems() + "\n");
                authorities = text;
                // Whether it has signed them is to be looked at again.
                entries.Values.ToList().ForEach(entry => entry.Checked = null);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            problems.Add(ProblemOf(AuthoritiesFile, $"{exception.Message}. {Kept}"));
        }
    }

    private void ReadEntries(HashSet<string> files, List<Problem> problems)
    {
        string[] names = [
            .. files.Order(StringComparer.Ordinal).Where(file => file[0] != '.' && file != AuthoritiesFile && System.IO.Path.GetExtension(file) is ".crt" or ".key" or ".token")
                .Select(file => System.IO.Path.GetFileNameWithoutExtension(file)).Where(name => name != "ca").Distinct()];
        foreach (string gone in entries.Keys.Except(names).ToArray())
        {
            entries.Remove(gone);
        }
        foreach (string name in names)
        {
            if (!entries.TryGetValue(name, out Entry? entry))
            {
                entries[name] = entry = new Entry();
            }
            ReadCertificate(name, entry, files, problems);
            ReadToken(name, entry, files, problems);
        }
    }

    private void ReadCertificate(string name, Entry entry, HashSet<string> files, List<Problem> problems)
    {
        string file = $"{name}.crt";
        try
        {
            if (!files.Contains(file))
            {
                throw new InvalidDataException("the file is missing: the workload's certificate is expected in it");
            }
            string text = File.ReadAllText(Of(file));
            string keyFile = $"{name}.key";
            string? keyText = files.Contains(keyFile) ? File.ReadAllText(Of(keyFile)) : null;
            string print = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{text}\0{keyText}")));
            if (print == entry.Checked)
            {
                return;
            }
            X509Certificate2Collection chain = Pem.Certificates(text);
            X509Certificate2 own = chain[0];
            string id = Pem.SpiffeIdOf(own, trustDomain);
            file = keyFile;
            if (keyText is null && entry.Held?.Certificate is not null)
            {
                throw new InvalidDataException("the file is missing");
            }
            string? key = keyText is null ? null : Pem.Key(keyText);
            if (key is not null && !Pem.Fits(own, key))
            {
                throw new InvalidDataException($"it is not the key of {name}.crt");
            }
            DateTimeOffset notAfter = own.NotAfter.ToUniversalTime();
            WorkloadCertificate? certificate = key is null
                ? null
                : new WorkloadCertificate(id, chain.ExportCertificatePems() + "\n", key, own.SerialNumber, own.NotBefore.ToUniversalTime(), notAfter);
            entry.Held = new HeldIdentity(name, id, certificate, own.SerialNumber, notAfter, entry.Held?.TokenDigest);
            entry.IsForeign = bundle is not null && ChainCheck.WhyNot(own, chain, bundle.Authorities, at: null) is not null;
            entry.Checked = print;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            entry.Checked = null;
            problems.Add(ProblemOf(file, $"{exception.Message}. {(entry.Held is null ? "The workload is not known" : Kept)}"));
        }
    }

    private void ReadToken(string name, Entry entry, HashSet<string> files, List<Problem> problems)
    {
        const int Shortest = 16;
        string file = $"{name}.token";
        if (entry.Held is not { } held)
        {
            return;
        }
        if (!files.Contains(file))
        {
            entry.Held = held with { TokenDigest = null };
            return;
        }
        try
        {
            string token = File.ReadAllText(Of(file)).Trim();
            if (token.Length < Shortest || token.Any(character => character is <= ' ' or > '~'))
            {
                throw new InvalidDataException($"at least {Shortest} visible characters of ASCII are expected");
            }
            entry.Held = held with { TokenDigest = StreamCredentials.DigestOf(token) };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            problems.Add(ProblemOf(file, $"{exception.Message}. {Kept}"));
        }
    }

    private string Of(string file) => System.IO.Path.Combine(path, file);

    private Problem ProblemOf(string file, string message) => new(Of(file), "", message);

    private sealed class Entry
    {
        /// <summary>What was good last; null: nothing yet.</summary>
        public HeldIdentity? Held { get; set; }

        /// <summary>A hash of what <see cref="Held"/> was made from; null: to be looked at again.</summary>
        public string? Checked { get; set; }

        /// <summary>Whether no authority of the mesh has signed it.</summary>
        public bool IsForeign { get; set; }
    }
}
