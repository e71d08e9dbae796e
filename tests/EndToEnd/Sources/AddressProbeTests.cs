using ControlPlane.Model.Configuration;
using ControlPlane.Silo.Agent.Probes;
using ControlPlane.Silo.Rest;
using ControlPlane.Silo.Rest.Views;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources;

/// <summary>What a probe takes for alive.</summary>
public sealed class AddressProbeTests
{
    private readonly string host = Loopback.FreeAddress();
    private readonly int far = Loopback.FreePort();

    [Theory]
    [InlineData(ProbeProtocol.Tls, "tls", true)]
    [InlineData(ProbeProtocol.Tls, "close", true)]
    [InlineData(ProbeProtocol.Tls, "http", false)]
    [InlineData(ProbeProtocol.Tls, "silence", false)]
    [InlineData(ProbeProtocol.Http, "http", true)]
    [InlineData(ProbeProtocol.Http, "tls", false)]
    [InlineData(ProbeProtocol.Http, "close", false)]
    [InlineData(ProbeProtocol.Tcp, "silence", true)]
    public async Task Probe_KnowsWhoIsAlive(ProbeProtocol protocol, string answer, bool isAlive)
    {
        await using AnsweringListener listener = AnsweringListener.Start(host, far, answer switch
        {
            "tls" => AnsweringListener.TlsAlert,
            "http" => "HTTP/1.1 503 Service Unavailable\r\n\r\n"u8.ToArray(),
            "close" => [],
            _ => null,
        });
        var probe = new AddressProbe(TimeSpan.FromMilliseconds(300), TimeProvider.System);

        ProbeBody.Result result = await probe.RunAsync(new ProbeTarget("far", GatewayRole.EastWest, host, far, protocol, [host]), default);

        result.Ok.ShouldBe(isAlive, result.Reason);
        (result.RoundTripMs is not null).ShouldBe(isAlive);
    }

    [Fact]
    public async Task Probe_OfAnEnvoyWithoutAFilterChainForTheName_Succeeds()
    {
        await using ChildProcess envoy = ChildProcess.Start(Peer.Envoy, ["--config-yaml", $$"""
            static_resources:
              listeners:
              - name: eastwest
                address: {socket_address: {address: {{host}}, port_value: {{far}} } }
                listener_filters:
                - name: envoy.filters.listener.tls_inspector
                  typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector}
                filter_chains:
                - filter_chain_match: {server_names: ["*.mesh"]}
                  filters:
                  - name: envoy.filters.network.tcp_proxy
                    typed_config: {"@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy, stat_prefix: x, cluster: none}
            """, "--disable-hot-restart", "--concurrency", "1", "-l", "error"]);
        var probe = new AddressProbe(TimeSpan.FromSeconds(1), TimeProvider.System);

        await Eventually.Until(async () => (await probe.RunAsync(new ProbeTarget("far", GatewayRole.EastWest, host, far, ProbeProtocol.Tls, [host]), default)).Ok, state: () => envoy.Output);
    }
}
