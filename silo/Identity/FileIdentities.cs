using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Silo.Hosting;
using ControlPlane.Xds;
using ControlPlane.Xds.Resources.Identity;

namespace ControlPlane.Silo.Identity;

/// <summary>
/// The certificates of meshes from folders of files: that of each mesh is named by its object. They are watched, and read again when something changes,
/// and now and then in any case, for notices get lost.
/// </summary>
internal sealed partial class FileIdentities(RunOptions options, TimeProvider time, ILogger<FileIdentities> logger) : BackgroundService, IMeshIdentities, ICatalogObserver
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private readonly Channel<bool> notices = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<string, CertificateFolder> folders = new(StringComparer.Ordinal);
    private ImmutableDictionary<string, MeshCertificates> known = ImmutableDictionary<string, MeshCertificates>.Empty;
    private ImmutableArray<Mesh> meshes = [];

    public event Action<string>? Changed;

    /// <summary>What is in force of a mesh's certificates, and what is wrong with them. Null: nothing was read yet.</summary>
    public MeshCertificates? Find(string mesh) => Volatile.Read(ref known).GetValueOrDefault(mesh);

    public ImmutableDictionary<string, MeshCertificates> All => Volatile.Read(ref known);

    public TrustBundle? BundleOf(string mesh) => Find(mesh)?.Bundle;

    public WorkloadCertificate? CertificateOf(string mesh, string spiffeId) => Find(mesh)?.CertificateOf(spiffeId);

    public Authentication Authenticate(string mesh, StreamCredentials credentials)
    {
        if (credentials.Certificate is null && credentials.TokenDigest is null)
        {
            return Authentication.Failed($"it shows no credentials of mesh {mesh}: give its bootstrap --token-file, or --client-certificate and --client-key");
        }
        if (Find(mesh) is not { Bundle: { } bundle } certificates)
        {
            return Authentication.TooEarly($"the certificates of mesh {mesh} are not known yet: /v1/meshes says why");
        }
        string? whyNot = null;
        if (credentials.Certificate is { } shown && IdOf(shown.Span, bundle, out whyNot) is { } id)
        {
            return Authentication.Of(id);
        }
        if (credentials.TokenDigest is { } digest)
        {
            return certificates.OwnerOf(digest.Span) is { } owner ? Authentication.Of(owner) : Authentication.Failed($"its bearer token is nobody's in mesh {mesh}");
        }
        return Authentication.Failed($"its client certificate is not one of mesh {mesh}: {whyNot}");
    }

    public void OnChanged(CatalogSnapshot snapshot, CatalogChange change)
    {
        if (change.Configuration)
        {
            ImmutableInterlocked.InterlockedExchange(ref meshes, [.. snapshot.Objects<Mesh>().Where(mesh => mesh.HasCertificates)]);
            notices.Writer.TryWrite(true);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using FileSystemWatcher? watcher = Watch();
        while (!stoppingToken.IsCancellationRequested)
        {
            ReadAll();
            using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            Task notice = notices.Reader.WaitToReadAsync(waiting.Token).AsTask();
            await Task.WhenAny(notice, Task.Delay(Period, time, waiting.Token)).ConfigureAwait(false);
            await waiting.CancelAsync().ConfigureAwait(false);
            await notice.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            notices.Reader.TryRead(out _);
        }
    }

    private void ReadAll()
    {
        ImmutableArray<Mesh> wanted = meshes;
        foreach (string gone in known.Keys.Where(name => wanted.All(mesh => mesh.Name != name)))
        {
            folders.Remove(gone);
            ImmutableInterlocked.TryRemove(ref known, gone, out _);
        }
        foreach (Mesh mesh in wanted)
        {
            MeshCertificates? before = Find(mesh.Name);
            MeshCertificates now = Read(mesh, before);
            ImmutableInterlocked.AddOrUpdate(ref known, mesh.Name, now, (_, _) => now);
            foreach (Problem problem in now.Problems.Except(before?.Problems ?? []))
            {
                LogProblem(mesh.Name, problem.ToString());
            }
            if (now.Revision != before?.Revision)
            {
                LogRead(mesh.Name, now.Identities.Length);
                Changed?.Invoke(mesh.Name);
            }
        }
    }

    private MeshCertificates Read(Mesh mesh, MeshCertificates? before)
    {
        if (options.CertificateFolder is not { } root)
        {
            return MeshCertificates.Of(null, [], [new Problem(mesh.Origin, "spec.certificates", "this control plane was started without --certificates: it has no certificates at all")]);
        }
        if (Path.GetFileName(mesh.CertificateFolder) != mesh.CertificateFolder || mesh.CertificateFolder is "." or "..")
        {
            return MeshCertificates.Of(null, [], [new Problem(mesh.Origin, "spec.certificates", $"'{mesh.CertificateFolder}' is not the name of a folder below {root}")]);
        }
        string path = Path.Combine(root, mesh.CertificateFolder);
        if (!folders.TryGetValue(mesh.Name, out CertificateFolder? folder) || folder.Path != path || folder.TrustDomain != mesh.TrustDomain)
        {
            folders[mesh.Name] = folder = new CertificateFolder(path, mesh.TrustDomain);
        }
        MeshCertificates now = folder.Read(time.GetUtcNow());
        // Another folder that is not there (yet) takes nothing away either.
        return now.Bundle is null && before?.Bundle?.TrustDomain == mesh.TrustDomain ? before.With(now.Problems) : now;
    }

    private string? IdOf(ReadOnlySpan<byte> shown, TrustBundle bundle, out string? whyNot)
    {
        try
        {
            using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(shown);
            whyNot = ChainCheck.WhyNot(certificate, [], bundle.Authorities, time.GetUtcNow());
            return whyNot is null ? Pem.SpiffeIdOf(certificate, bundle.TrustDomain) : null;
        }
        catch (Exception exception) when (exception is System.Security.Cryptography.CryptographicException or InvalidDataException)
        {
            whyNot = exception.Message;
            return null;
        }
    }

    private FileSystemWatcher? Watch()
    {
        if (options.CertificateFolder is not { } root)
        {
            return null;
        }
        try
        {
            var watcher = new FileSystemWatcher(root) { IncludeSubdirectories = true };
            watcher.Changed += Notice;
            watcher.Created += Notice;
            watcher.Deleted += Notice;
            watcher.Renamed += Notice;
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException)
        {
            LogUnwatched(root, exception.Message);
            return null;
        }
    }

    private void Notice(object sender, FileSystemEventArgs change) => notices.Writer.TryWrite(true);

    [LoggerMessage(Level = LogLevel.Information, Message = "The certificates of mesh {Mesh} have changed: {Count} identities")]
    private partial void LogRead(string mesh, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The certificates of mesh {Mesh}: {Problem}")]
    private partial void LogProblem(string mesh, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Folder} cannot be watched, and is read now and then: {Reason}")]
    private partial void LogUnwatched(string folder, string reason);
}
