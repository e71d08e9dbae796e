namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>The folder of a mesh's certificates, as an operator would fill it.</summary>
public sealed class MeshCertificates : IDisposable
{
    public const string TrustDomain = "bank.example";
    private readonly TemporaryFolder root;
    private readonly TemporaryFolder tokens = new();
    private readonly string mesh;
    private readonly string trustDomain;
    private readonly bool isBeside;

    /// <param name="beside">That of another mesh, with which it shares its root; null: it has one of its own.</param>
    public MeshCertificates(string mesh = "banking", string trustDomain = TrustDomain, MeshCertificates? beside = null)
    {
        this.mesh = mesh;
        this.trustDomain = trustDomain;
        isBeside = beside is not null;
        root = beside?.root ?? new TemporaryFolder();
        Write("ca.crt", Authority.Certificate);
    }

    /// <summary>Of this folder's authority.</summary>
    public TestAuthority Authority { get; } = new();

    /// <summary>What <c>--certificates</c> names.</summary>
    public string Root => root.Path;

    public static string IdOf(string workload) => $"spiffe://{TrustDomain}/ns/shop/sa/{workload}";

    /// <summary>A certificate, key and token for a workload of the namespace <c>shop</c>.</summary>
    /// <returns>The file of its token, for its proxy.</returns>
    public string Add(string workload)
    {
        Issue(workload);
        string token = $"token-of-{workload}-{Guid.NewGuid():N}";
        Write($"{workload}.token", token);
        return tokens.Write($"{workload}.token", token);
    }

    /// <summary>A certificate, key and token for a gateway.</summary>
    /// <returns>The file of its token, for its proxy.</returns>
    public string AddGateway(string name)
    {
        (string certificate, string key) = Authority.Issue($"spiffe://{trustDomain}/gateway/{name}");
        Write($"{name}.crt", certificate);
        Write($"{name}.key", key);
        string token = $"token-of-{name}-{Guid.NewGuid():N}";
        Write($"{name}.token", token);
        return tokens.Write($"{name}.token", token);
    }

    /// <summary>Another certificate and key.</summary>
    public void Issue(string workload)
    {
        (string certificate, string key) = Authority.Issue($"spiffe://{trustDomain}/ns/shop/sa/{workload}");
        Write($"{workload}.crt", certificate);
        Write($"{workload}.key", key);
    }

    /// <summary>Writes beside the file and renames.</summary>
    public void Write(string name, string text)
    {
        string temporary = root.Write(Path.Combine(mesh, "." + name), text);
        File.Move(temporary, FileOf(name), overwrite: true);
    }

    public void Delete(string name) => File.Delete(FileOf(name));

    public string FileOf(string name) => root.File(Path.Combine(mesh, name));

    public void Dispose()
    {
        Authority.Dispose();
        if (!isBeside)
        {
            root.Dispose();
        }
        tokens.Dispose();
    }
}
