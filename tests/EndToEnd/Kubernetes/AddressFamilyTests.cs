using System.Net;
using System.Net.Sockets;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Kubernetes;

/// <summary>Services of IPv6 and of both families, with real slices, called through a real proxy on <c>[::1]</c>.</summary>
public sealed class AddressFamilyTests : IAsyncLifetime
{
    private readonly TemporaryFolder data = new();
    private readonly ConfigurationFolder configuration = new();
    private readonly int port = Loopback.FreePort();
    private KubeApiServer server = null!;
    private ControlPlaneProcess controlPlane = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(HasIpv6(), "this machine has no IPv6 loopback");
        configuration.Write("clusters.yaml", "apiVersion: controlplane.io/v1alpha1\nkind: Cluster\nmetadata: {name: east}\n");
        server = await KubeApiServer.StartAsync();
        server.StartEndpointsController();
        controlPlane = await ControlPlaneProcess.StartAsync(data.Path, "--config", configuration.Path, "--kubernetes", $"east={server.Kubeconfig}");
    }

    public async ValueTask DisposeAsync()
    {
        await (controlPlane?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
        configuration.Dispose();
        data.Dispose();
    }

    [Fact]
    public async Task Service_OfIpv6Only_IsCalled()
    {
        await using Backend six = await Backend.StartAsync("six", new IPEndPoint(IPAddress.IPv6Loopback, port));
        await ServiceAsync("SingleStack", "IPv6");
        await PodAsync("six", "::1");
        await using EnvoyProcess sidecar = await EnvoyProcess.StartAsync(controlPlane, "web-1", "--cluster", "east");
        using var caller = new Caller(sidecar.Outbound, "cart");

        await caller.UntilAllAnsweredByAsync("six");

        (await sidecar.HostsAsync("p80.cart.default.default.mesh")).Keys.ShouldBe([$"::1:{port}"]);
    }

    [Fact]
    public async Task Service_OfBothFamilies_HasEachPodOnce()
    {
        string address = Loopback.FreeAddress();
        await using Backend both = await Backend.StartAsync("both", new IPEndPoint(IPAddress.Parse(address), port));
        await using Backend six = await Backend.StartAsync("six", new IPEndPoint(IPAddress.IPv6Loopback, port));
        await ServiceAsync("PreferDualStack", "IPv4, IPv6");
        await PodAsync("both", address, "fd00::b");
        await PodAsync("six", "::1");
        await using EnvoyProcess sidecar = await EnvoyProcess.StartAsync(controlPlane, "web-1", "--cluster", "east");
        using var caller = new Caller(sidecar.Outbound, "cart");

        await caller.UntilAnsweredByAsync("both");
        await caller.UntilAnsweredByAsync("six");

        (await sidecar.HostsAsync("p80.cart.default.default.mesh")).Keys.Order().ShouldBe([$"{address}:{port}", $"::1:{port}"], ignoreOrder: true);
        (await server.GetAsync("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices")).ShouldContain("fd00::b");
        (await controlPlane.GetAsync("sources/kubernetes/east"))["problems"]!.AsArray().ShouldBeEmpty();
    }

    private static bool HasIpv6()
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private Task ServiceAsync(string policy, string families) => server.ApplyAsync($$$$"""
        apiVersion: v1
        kind: Service
        metadata: {name: cart, namespace: default}
        spec: {ipFamilyPolicy: {{{{policy}}}}, ipFamilies: [{{{{families}}}}], ports: [{name: http, port: 80, targetPort: {{{{port}}}}}], selector: {app: cart}}
        """);

    private async Task PodAsync(string name, params string[] addresses)
    {
        await server.ApplyAsync($$$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: {{{name}}}, namespace: default, labels: {app: cart}}
            spec: {containers: [{name: main, image: x}]}
            """);
        string list = string.Join(", ", addresses.Select(address => $$"""{"ip": "{{address}}"}"""));
        await server.PatchAsync($"/api/v1/namespaces/default/pods/{name}/status", $$$"""
            {"status": {"phase": "Running", "podIP": "{{{addresses[0]}}}", "podIPs": [{{{list}}}], "conditions": [{"type": "Ready", "status": "True"}]}}
            """);
    }
}
