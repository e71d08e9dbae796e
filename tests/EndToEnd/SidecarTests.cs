using System.Net;
using System.Net.Sockets;
using System.Text;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ControlPlane.Tests.EndToEnd;

/// <summary>What else a sidecar does: services over TCP, calls that come in, HTTP/2 backends, and the port of each.</summary>
[Trait("Engine", "each")]
public sealed class SidecarTests : IAsyncLifetime
{
    private readonly TemporaryFolder data = new();
    private readonly ConfigurationFolder configuration = new();
    private ControlPlaneProcess controlPlane = null!;

    public async ValueTask InitializeAsync() => controlPlane = await ControlPlaneProcess.StartAsync(data.Path, "--config", configuration.Path);

    public async ValueTask DisposeAsync()
    {
        await controlPlane.DisposeAsync();
        configuration.Dispose();
        data.Dispose();
    }

    [Fact]
    public async Task TcpService_HasALoopbackPortThatStays()
    {
        await using Backend backend = await Backend.StartAsync("tcp-0");
        configuration.Service("db", [(backend, "eu-a", "Healthy")], "{name: tcp-db, port: 5432}");
        await Eventually.Until(async () => (await controlPlane.ListAsync("services")) is [var service] && service!["ports"]![0]!["loopbackPort"] is not null);
        int port = await LoopbackPortAsync();
        port.ShouldBeInRange(20000, 29999);
        await using EnvoyProcess sidecar = await EnvoyProcess.StartAsync(controlPlane, "web-1", "--cluster", "eu-a", "--namespace", "shop");

        await Eventually.Until(async () => (await AskAsync(sidecar.OutboundAddress, port)).Contains("tcp-0", StringComparison.Ordinal));

        await controlPlane.KillAsync();
        await controlPlane.RestartAsync();
        // The last second before the end may be lost: then the service comes from its source again.
        await Eventually.Until(async () => (await controlPlane.ListAsync("services")).Count == 1);
        (await LoopbackPortAsync()).ShouldBe(port);
    }

    [Fact]
    public async Task TcpService_WithAConfiguredLoopbackPort_IsThere()
    {
        await using Backend backend = await Backend.StartAsync("tcp-1");
        configuration.Service("db", [(backend, "eu-a", "Healthy")], "{name: db, port: 5432, protocol: TCP, loopbackPort: 5432}");
        await using EnvoyProcess sidecar = await EnvoyProcess.StartAsync(controlPlane, "web-1", "--cluster", "eu-a", "--namespace", "shop");

        await Eventually.Until(async () => (await AskAsync(sidecar.OutboundAddress, 5432)).Contains("tcp-1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task InboundListener_GoesToTheLocalApplication()
    {
        await using Backend application = await Backend.StartAsync("application");
        int listen = Loopback.FreePort();
        await using EnvoyProcess sidecar = await EnvoyProcess.StartAsync(
            controlPlane, "app-1", "--cluster", "eu-a", "--namespace", "shop", "--inbound", $"{application.Port}={listen}:HTTP");

        using var caller = new Caller(new Uri($"http://{sidecar.OutboundAddress}:{listen}/"), "anything");
        await caller.UntilAnsweredByAsync("application");
    }

    [Fact]
    public async Task Http2Service_IsSpokenToInHttp2()
    {
        await using Backend backend = await Backend.StartAsync("h2", protocols: HttpProtocols.Http2);
        configuration.Service("h2", [(backend, "eu-a", "Healthy")], "{name: http2, port: 80}");
        await using EnvoyProcess sidecar = await EnvoyProcess.StartAsync(controlPlane, "web-1", "--cluster", "eu-a", "--namespace", "shop");

        using var caller = new Caller(sidecar.Outbound, "h2");
        await caller.UntilAnsweredByAsync("h2");
    }

    [Fact]
    public async Task SotwSidecar_IsServedTheSame()
    {
        await using Backend backend = await Backend.StartAsync("a-0");
        configuration.Service("cart", [(backend, "eu-a", "Healthy")]);
        await using EnvoyProcess sidecar = await EnvoyProcess.StartAsync(controlPlane, "web-1", "--cluster", "eu-a", "--namespace", "shop", "--sotw");
        using var caller = new Caller(sidecar.Outbound, "cart");
        await caller.UntilAnsweredByAsync("a-0");

        (await controlPlane.ListAsync("proxies")).ShouldHaveSingleItem()!["protocol"]!.GetValue<string>().ShouldBe("sotw");
    }

    [Fact]
    public async Task Proxy_OfAnUnknownCluster_IsRefusedAndShownWithTheReason()
    {
        await using EnvoyProcess sidecar = await EnvoyProcess.LaunchAsync(controlPlane, "lost-1", "--cluster", "nowhere");

        await Eventually.Until(async () => (await controlPlane.ListAsync("proxies?state=Refused")).Count == 1);

        (await controlPlane.ListAsync("proxies"))[0]!["reason"]!.GetValue<string>().ShouldContain("'nowhere'");
    }

    private async Task<int> LoopbackPortAsync() => (await controlPlane.ListAsync("services"))[0]!["ports"]![0]!["loopbackPort"]!.GetValue<int>();

    // Speaks HTTP by hand over the TCP proxy.
    private static async Task<string> AskAsync(string address, int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Parse(address), port);
            NetworkStream stream = client.GetStream();
            await stream.WriteAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray());
            using var reader = new StreamReader(stream, Encoding.ASCII);
            return await reader.ReadToEndAsync();
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return "";
        }
    }
}
