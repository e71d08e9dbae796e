using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Benchmarks;

/// <summary>A real Kubernetes API with services, of ten endpoints each unless said.</summary>
internal sealed class KubernetesSource : IAsyncDisposable
{
    private readonly TemporaryFolder folder;
    private readonly ChildProcess process;
    private readonly HttpClient http;

    private KubernetesSource(TemporaryFolder folder, ChildProcess process, Uri insecure)
    {
        this.folder = folder;
        this.process = process;
        Insecure = insecure;
        http = new HttpClient { BaseAddress = insecure };
    }

    public string Kubeconfig => folder.File("admin.kubeconfig");

    /// <summary>Plaintext, without authentication: for the one who makes the changes.</summary>
    public Uri Insecure { get; }

    public static async Task<KubernetesSource> StartAsync(int services, int endpoints = ServiceFile.Endpoints)
    {
        var folder = new TemporaryFolder();
        ChildProcess process = ChildProcess.Start(Peer.KubeApi, ["serve", "--dir", folder.Path, "--insecure-port", "0"]);
        await Eventually.Until(() => File.Exists(folder.File("ready")), state: () => process.Output);
        var source = new KubernetesSource(folder, process, new Uri((await File.ReadAllTextAsync(folder.File("insecure-url"))).Trim().TrimEnd('/') + "/"));
        await Parallel.ForAsync(0, services, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            await source.SendAsync(HttpMethod.Post, "api/v1/namespaces/default/services", $$$"""
                {"apiVersion":"v1","kind":"Service","metadata":{"name":"svc-{{{i}}}"},"spec":{"ports":[{"name":"http","port":80}]}}
                """);
            await source.SendAsync(HttpMethod.Post, "apis/discovery.k8s.io/v1/namespaces/default/endpointslices", ServiceFile.Slice($"svc-{i}", "9001", endpoints, i));
        });
        return source;
    }

    /// <summary>How long a client needs that only reads what there is.</summary>
    public async Task<TimeSpan> ReadAsync()
    {
        long start = Stopwatch.GetTimestamp();
        foreach (string path in (string[])["api/v1/services", "apis/discovery.k8s.io/v1/endpointslices"])
        {
            string next = "";
            do
            {
                using var json = JsonDocument.Parse(await http.GetByteArrayAsync(new Uri($"{path}?limit=500{next}", UriKind.Relative)));
                next = json.RootElement.GetProperty("metadata").TryGetProperty("continue", out JsonElement token) && token.GetString() is { Length: > 0 } text
                    ? $"&continue={Uri.EscapeDataString(text)}"
                    : "";
            }
            while (next.Length > 0);
        }
        return Stopwatch.GetElapsedTime(start);
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        http.Dispose();
        folder.Dispose();
    }

    private async Task SendAsync(HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        using HttpResponseMessage response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }
}
