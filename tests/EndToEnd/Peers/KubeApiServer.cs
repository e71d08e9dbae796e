using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>A Kubernetes API server of a test's own: the real one's libraries with etcd inside, in a folder and on a port of its own.</summary>
public sealed class KubeApiServer : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string[] flags;
    private readonly int port = Loopback.FreePort();
    private readonly List<ChildProcess> controllers = [];
    private ChildProcess? process;
    private HttpClient? http;

    private KubeApiServer(string[] flags) => this.flags = flags;

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}"));

    public int Port => port;

    /// <summary>May do all.</summary>
    public string Kubeconfig => folder.File("admin.kubeconfig");

    /// <summary>May read all.</summary>
    public string ReaderKubeconfig => folder.File("reader.kubeconfig");

    /// <summary>May read the namespace <c>default</c>, and nothing else.</summary>
    public string NamespaceReaderKubeconfig => folder.File("ns-reader.kubeconfig");

    public string AuthorityFile => folder.File("ca.crt");

    /// <summary>Of a user who may do all.</summary>
    public string AdminToken => File.ReadLines(folder.File("tokens.csv")).Select(line => line.Split(',')).First(parts => parts[1] == "admin")[0];

    /// <param name="flags">Further flags of the program, <c>--watch-timeout</c>.</param>
    public static async Task<KubeApiServer> StartAsync(params string[] flags)
    {
        var server = new KubeApiServer(flags);
        await server.LaunchAsync();
        return server;
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Starts again on the same port, with the same data.</summary>
    public async Task RestartAsync()
    {
        if (!process!.HasExited)
        {
            await KillAsync();
        }
        await process.DisposeAsync();
        await LaunchAsync();
    }

    /// <summary>STOP and CONT: a server that is there and does not answer.</summary>
    public void Signal(string name) => process!.Signal(name);

    /// <summary>Makes old resource versions answer 410, and ends all watches.</summary>
    /// <param name="keepWatches">Only the database forgets; watches go on.</param>
    public Task CompactAsync(bool keepWatches = false) =>
        SendAsync(HttpMethod.Post, $"/debug/compact{(keepWatches ? "?caches=keep" : "")}", null, "application/json");

    /// <summary>Derives EndpointSlices from Services and Pods from now on, as the controller of a real cluster does.</summary>
    public void StartEndpointsController(bool reapPods = true) => controllers.Add(ChildProcess.Start(
        Peer.KubeApi, ["endpoints-controller", "--kubeconfig", Kubeconfig, .. reapPods ? new[] { "--reap-pods" } : []]));

    /// <summary>Creates objects, or changes them to be as written. Any number of YAML documents.</summary>
    public async Task ApplyAsync(string yaml)
    {
        foreach (string document in yaml.ReplaceLineEndings("\n").Split("\n---\n", StringSplitOptions.RemoveEmptyEntries))
        {
            if (KubeObjectPath.Of(document) is { } path)
            {
                await SendAsync(HttpMethod.Patch, $"{path}?fieldManager=test&force=true", document, "application/apply-patch+yaml");
            }
        }
    }

    /// <summary>Applies all files of a folder.</summary>
    public async Task ApplyFolderAsync(string path)
    {
        foreach (string file in Directory.EnumerateFiles(path, "*.yaml").Order(StringComparer.Ordinal))
        {
            await ApplyAsync(await File.ReadAllTextAsync(file));
        }
    }

    /// <summary>Installs the Gateway API's kinds.</summary>
    public async Task InstallGatewayApiAsync()
    {
        await ApplyFolderAsync(Peer.Folder("kube-api/gateway-api-crds/standard"));
        await ServedAsync("/apis/gateway.networking.k8s.io/v1/gateways", "/apis/gateway.networking.k8s.io/v1/httproutes");
    }

    /// <summary>Installs this repository's own kinds.</summary>
    public async Task InstallOwnKindsAsync()
    {
        await ApplyFolderAsync(Path.Combine(Peer.Root, "deploy", "kubernetes", "crds"));
        await ServedAsync(
            "/apis/controlplane.io/v1alpha1/clusters", "/apis/controlplane.io/v1alpha1/networks", "/apis/controlplane.io/v1alpha1/trafficpolicies",
            "/apis/controlplane.io/v1alpha1/meshes", "/apis/controlplane.io/v1alpha1/regiongateways", "/apis/controlplane.io/v1alpha1/exports",
            "/apis/controlplane.io/v1alpha1/costmatrices");
    }

    /// <summary>A merge patch; the path may end in <c>/status</c>.</summary>
    public Task PatchAsync(string path, string json) => SendAsync(HttpMethod.Patch, path, json, "application/merge-patch+json");

    public Task CreateAsync(string path, string json) => SendAsync(HttpMethod.Post, path, json, "application/json");

    /// <param name="gracePeriod">Seconds that a pod has to end; 0: it is gone at once.</param>
    public Task DeleteAsync(string path, int gracePeriod = 0) =>
        SendAsync(HttpMethod.Delete, string.Create(CultureInfo.InvariantCulture, $"{path}?gracePeriodSeconds={gracePeriod}"), null, "application/json");

    public Task<string> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null, "application/json");

    /// <summary>Adds a token; the server reads it at once.</summary>
    public Task AddTokenAsync(string token, string user, string group) =>
        File.AppendAllTextAsync(folder.File("tokens.csv"), $"{token},{user},{user},\"{group}\"\n");

    /// <summary>From now on the token is answered with 401.</summary>
    public async Task RevokeTokenAsync(string token)
    {
        string[] lines = await File.ReadAllLinesAsync(folder.File("tokens.csv"));
        await File.WriteAllLinesAsync(folder.File("tokens.csv"), lines.Where(line => !line.StartsWith(token + ",", StringComparison.Ordinal)));
    }

    /// <summary>Writes a kubeconfig that differs from the usual one.</summary>
    /// <param name="user">The YAML of <c>user</c>, on one line.</param>
    public string WriteKubeconfig(string name, string user, string? server = null, string? authority = null, string more = "") => folder.Write(name, $$"""
        apiVersion: v1
        kind: Config
        current-context: test
        clusters:
          - name: test
            cluster: {server: "{{server ?? Address.ToString()}}", certificate-authority: "{{authority ?? AuthorityFile}}"{{more}}}
        users:
          - name: test
            user: {{user}}
        contexts:
          - name: test
            context: {cluster: test, user: test}
        """);

    /// <summary>A kubeconfig that needs no files.</summary>
    public string InlineKubeconfig(string token) => $$"""
        apiVersion: v1
        kind: Config
        current-context: test
        clusters:
          - name: test
            cluster: {server: "{{Address}}", certificate-authority-data: {{Convert.ToBase64String(File.ReadAllBytes(AuthorityFile))}}}
        users:
          - name: test
            user: {token: {{token}}}
        contexts:
          - name: test
            context: {cluster: test, user: test}
        """;

    public async ValueTask DisposeAsync()
    {
        foreach (ChildProcess controller in controllers)
        {
            await controller.DisposeAsync();
        }
        if (process is not null)
        {
            process.Signal("CONT");
            await process.DisposeAsync();
        }
        http?.Dispose();
        folder.Dispose();
    }

    private async Task LaunchAsync()
    {
        File.Delete(folder.File("ready"));
        process = ChildProcess.Start(
            Peer.KubeApi, ["--dir", folder.Path, "--port", port.ToString(CultureInfo.InvariantCulture), .. flags]);
        await Eventually.Until(() => File.Exists(folder.File("ready")) || process.HasExited, TimeSpan.FromSeconds(30), () => process.Output);
        process.HasExited.ShouldBeFalse(process.Output);
        http?.Dispose();
        http = Client();
    }

    private HttpClient Client()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(AuthorityFile);
        return new HttpClient(new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } })
        {
            BaseAddress = Address,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", AdminToken) },
        };
    }

    private Task ServedAsync(params string[] paths) => Eventually.Until(async () =>
    {
        foreach (string path in paths)
        {
            using HttpResponseMessage response = await http!.GetAsync(path);
            if (!response.IsSuccessStatusCode)
            {
                return false;
            }
        }
        return true;
    });

    private async Task<string> SendAsync(HttpMethod method, string path, string? body, string contentType)
    {
        using var request = new HttpRequestMessage(method, path) { Version = HttpVersion.Version20 };
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue(contentType));
        }
        using HttpResponseMessage response = await http!.SendAsync(request);
        string answer = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? answer
            : throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {answer}");
    }
}
