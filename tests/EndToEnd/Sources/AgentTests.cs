using System.Globalization;
using ControlPlane.Silo.Agent.Checks;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Tests.EndToEnd.Sources;

/// <summary>The agent of a machine: registers, checks, renews, drains.</summary>
public sealed class AgentTests : IDisposable
{
    private readonly ConfigurationFolder configuration = new();
    private readonly TemporaryFolder folder = new();

    public void Dispose()
    {
        configuration.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Agent_FromItsFirstCheckToItsEnd()
    {
        await using ControlPlaneProcess controlPlane = await ControlPlaneProcess.StartAsync(folder.File("state"), "--config", configuration.Path);
        Backend backend = await Backend.StartAsync("cart-1");
        string file = folder.Write("agent.yaml", string.Create(CultureInfo.InvariantCulture, $$"""
            id: vm-1
            cluster: eu-a
            address: 127.0.0.1
            services:
            - service: cart
              namespace: shop
              ports: [{port: {{backend.Port}}, servicePort: 80, protocol: http}]
              leaseSeconds: 3
              check: {http: "http://127.0.0.1:{{backend.Port}}/", intervalSeconds: 1, failures: 1}
            """));
        await using ChildProcess agent = ChildProcess.Start(
            ControlPlaneProcess.Program, ["agent", file, "--server", controlPlane.Rest.ToString(), "--drain", "1s"]);
        async Task UntilAsync(string expected) => await Eventually.Until(
            async () => string.Join(", ", (await controlPlane.ListAsync("endpoints")).Select(endpoint => $"{endpoint!["workload"]} {endpoint["health"]}")) == expected,
            state: () => agent.Output, what: expected);

        await UntilAsync("vm-1/cart Healthy");
        await backend.DisposeAsync();
        await UntilAsync("vm-1/cart Unhealthy");
        await using Backend again = await Backend.StartAsync("cart-1", backend.EndPoint);
        await UntilAsync("vm-1/cart Healthy");

        await controlPlane.KillAsync();
        await controlPlane.RestartAsync();
        await UntilAsync("vm-1/cart Healthy");
        // What the control plane has lost for whatever reason is registered again.
        using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri("/v1/registrations/vm-1%2Fcart", UriKind.Relative));
        (await controlPlane.SendAsync(request)).Dispose();
        await UntilAsync("");
        await UntilAsync("vm-1/cart Healthy");

        agent.Signal("TERM");
        await UntilAsync("vm-1/cart Draining");
        await UntilAsync("");
        await agent.WaitForExitAsync(TimeSpan.FromSeconds(10));
        agent.ExitCode.ShouldBe(0, agent.Output);
    }

    [Fact]
    public async Task File_ThatIsWrong_IsRefusedByLineAndField()
    {
        string file = folder.Write("agent.yaml", """
            cluster: eu-a
            services:
            - service: Cart
              ports: [{port: 0}]
              check: {htpp: "http://127.0.0.1/"}
            """);
        await using ChildProcess agent = ChildProcess.Start(ControlPlaneProcess.Program, ["agent", file]);

        await agent.WaitForExitAsync(TimeSpan.FromSeconds(20));

        agent.ExitCode.ShouldBe(1);
        agent.Output.ShouldContain("agent.yaml:3: services[0].service: expected a DNS label");
        agent.Output.ShouldContain("agent.yaml:4: services[0].ports[0].port: expected a whole number from 1 to 65535");
        agent.Output.ShouldContain("agent.yaml:5: services[0].check: expected one of http, tcp, grpc and command");
    }

    [Fact]
    public async Task Checks_OfEachKind_SayWhatIsWrong()
    {
        await using Backend backend = await Backend.StartAsync("x");
        int closed = Loopback.FreePort();

        (await new TcpCheck("127.0.0.1", backend.Port).RunAsync(default)).ShouldBeNull();
        (await new TcpCheck("127.0.0.1", closed).RunAsync(default))!.ShouldContain("refused");
        (await new CommandCheck(["true"]).RunAsync(default)).ShouldBeNull();
        (await new CommandCheck(["sh", "-c", "exit 3"]).RunAsync(default)).ShouldBe("sh ends with 3");
        (await new CommandCheck(["/no/such/program"]).RunAsync(default)).ShouldNotBeNull();
        using var quick = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await Should.ThrowAsync<OperationCanceledException>(() => new CommandCheck(["sleep", "60"]).RunAsync(quick.Token));
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, "does not serve")]
    [InlineData(0, "does not serve")]
    public async Task GrpcCheck_BelievesServingOnly(byte status, string? wrong)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        int port = Loopback.FreePort();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port, listen => listen.Protocols = HttpProtocols.Http2));
        await using WebApplication server = builder.Build();
        byte[] asked = [];
        server.MapPost("/grpc.health.v1.Health/Check", async (HttpContext context) =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            asked = body.ToArray();
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(status == 0 ? new byte[] { 0, 0, 0, 0, 0 } : [0, 0, 0, 0, 2, 8, status]);
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await server.StartAsync();
        using var http = new HttpClient();

        string? found = await new GrpcCheck(new Uri($"http://localhost:{port}"), "cart", http).RunAsync(default);

        (found is null).ShouldBe(wrong is null, found);
        if (wrong is not null)
        {
            found!.ShouldContain(wrong);
        }
        asked.ShouldBe([0, 0, 0, 0, 6, 0x0A, 4, .. "cart"u8]);
    }
}
