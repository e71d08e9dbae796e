using System.Globalization;
using System.Net;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Conformance.RealEnvoy;

/// <summary>A real Envoy whose control planes are the given ones, in one priority.</summary>
internal sealed class EnvoyProxy : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly int admin = Loopback.FreePort();
    private readonly ChildProcess process;

    private EnvoyProxy(bool isDelta, IPEndPoint[] controlPlanes)
    {
        string bootstrap = folder.Write("bootstrap.yaml", Bootstrap(isDelta, controlPlanes));
        process = ChildProcess.Start(Peer.Envoy, ["-c", bootstrap, "--disable-hot-restart", "--concurrency", "1", "-l", "warn"]);
    }

    /// <summary>Where its listener is, once it has one.</summary>
    public int ListenerPort { get; } = Loopback.FreePort();

    public static EnvoyProxy Start(bool isDelta, params IPEndPoint[] controlPlanes) => new(isDelta, controlPlanes);

    /// <summary>The status of a request through the listener; 0: none could be sent.</summary>
    public async Task<int> RequestAsync()
    {
        try
        {
            using HttpResponseMessage response = await http.GetAsync(new Uri($"http://127.0.0.1:{ListenerPort}/"));
            return (int)response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    public Task UntilServedAsync() => Eventually.Until(async () => await RequestAsync() == 200, state: () => process.Output);

    /// <summary>A counter or gauge; 0: it is not there.</summary>
    public async Task<long> StatAsync(string name)
    {
        string text = await AdminAsync($"/stats?filter=^{Uri.EscapeDataString(System.Text.RegularExpressions.Regex.Escape(name))}$");
        int at = text.IndexOf(": ", StringComparison.Ordinal);
        return at < 0 ? 0 : long.Parse(text[(at + 2)..].Trim(), CultureInfo.InvariantCulture);
    }

    /// <summary>Whether a cluster is active, as opposed to warming or unknown.</summary>
    public async Task<bool> HasClusterAsync(string name) =>
        (await AdminAsync("/clusters")).Contains($"{name}::default_priority", StringComparison.Ordinal);

    public Task<string> DumpAsync(string resource) => AdminAsync($"/config_dump?resource={resource}");

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        http.Dispose();
        folder.Dispose();
    }

    private async Task<string> AdminAsync(string path)
    {
        try
        {
            return await http.GetStringAsync(new Uri($"http://127.0.0.1:{admin}{path}"));
        }
        catch (HttpRequestException)
        {
            return "";
        }
    }

    private string Bootstrap(bool isDelta, IPEndPoint[] controlPlanes) => $$"""
        node: { id: envoy-1, cluster: test, locality: { region: r1, zone: z1 } }
        admin: { address: { socket_address: { address: 127.0.0.1, port_value: {{admin}} } } }
        dynamic_resources:
          ads_config:
            api_type: {{(isDelta ? "DELTA_GRPC" : "GRPC")}}
            transport_api_version: V3
            set_node_on_first_message_only: true
            grpc_services:
            - envoy_grpc: { cluster_name: xds, retry_policy: { retry_back_off: { base_interval: 0.1s, max_interval: 0.3s } } }
          lds_config: { resource_api_version: V3, ads: {} }
          cds_config: { resource_api_version: V3, ads: {} }
        static_resources:
          clusters:
          - name: xds
            type: STATIC
            connect_timeout: 1s
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config: { http2_protocol_options: {} }
            load_assignment:
              cluster_name: xds
              endpoints:
              - lb_endpoints: [{{string.Join(", ", controlPlanes.Select(place =>
                  $"{{ endpoint: {{ address: {{ socket_address: {{ address: 127.0.0.1, port_value: {place.Port} }} }} }} }}"))}}]

        """;
}
