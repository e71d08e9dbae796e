using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd;

/// <summary>A gRPC client that uses <c>xds:///name</c> without a proxy.</summary>
public sealed class GrpcClientTests : IAsyncLifetime
{
    private readonly TemporaryFolder data = new();
    private readonly ConfigurationFolder configuration = new();
    private readonly Dictionary<string, int> ports = new() { ["a-0"] = Loopback.FreePort(), ["a-1"] = Loopback.FreePort(), ["b-0"] = Loopback.FreePort() };
    private ControlPlaneProcess controlPlane = null!;
    private ChildProcess server = null!;

    private static string Scripts { get; } = Path.Combine(Peer.Root, "tests", "EndToEnd", "Grpc");

    private static Dictionary<string, string?> Modules { get; } = new() { ["NODE_PATH"] = Peer.Installed("grpc-js/node_modules") };

    public async ValueTask InitializeAsync()
    {
        Write("Healthy", "Healthy", "Healthy");
        controlPlane = await ControlPlaneProcess.StartAsync(data.Path, "--config", configuration.Path);
        server = ChildProcess.Start(
            Peer.Find("node"), [Path.Combine(Scripts, "server.js"), .. ports.Select(port => $"{port.Key}@127.0.0.1:{port.Value}")], Modules);
        await Eventually.Until(() => ports.Keys.All(name => server.Output.Contains($"listening {name}", StringComparison.Ordinal)), state: () => server.Output);
    }

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        await controlPlane.DisposeAsync();
        configuration.Dispose();
        data.Dispose();
    }

    [Fact]
    public async Task Client_OfAService_CallsItsZoneAndFollowsChanges()
    {
        await using ChildProcess bootstrap = await ChildProcess.RunAsync(ControlPlaneProcess.Program, [
            "bootstrap", "--node", "grpc-1", "--kind", "grpc", "--cluster", "eu-a", "--xds", $"127.0.0.1:{controlPlane.XdsPort}"]);
        using var folder = new TemporaryFolder();
        await using ChildProcess client = ChildProcess.Start(
            Peer.Find("node"), [Path.Combine(Scripts, "client.js"), "xds:///names.shop:9000"],
            new Dictionary<string, string?>(Modules) { ["GRPC_XDS_BOOTSTRAP"] = folder.Write("bootstrap.json", bootstrap.Output) });

        await AnswersAsync(client, ["a-0", "a-1"]);
        Write("Unhealthy", "Unhealthy", "Healthy");
        await AnswersAsync(client, ["b-0"]);
        Write("Healthy", "Unhealthy", "Healthy");
        // Half of the zone is healthy: 70 % of the load stays.
        await AnswersAsync(client, ["a-0", "b-0"]);

        client.Output.ShouldNotContain("failed");
        (await controlPlane.ListAsync("proxies")).ShouldHaveSingleItem()!["kind"]!.GetValue<string>().ShouldBe("Grpc");
    }

    // Exactly these answer, each of them, many times in a row.
    private static Task AnswersAsync(ChildProcess client, string[] names) => Eventually.Until(() =>
    {
        string[] last = [.. client.Output.Split('\n').TakeLast(60)];
        return last.Length == 60 && last.Distinct().Order().SequenceEqual(names.Order());
    }, state: () => string.Join(' ', client.Output.Split('\n').TakeLast(60)));

    private void Write(params string[] healths) => configuration.Write("names.yaml", $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: Service
        metadata: {name: names, namespace: shop}
        spec:
          ports:
          - {name: grpc, port: 9000}
          endpoints:
        {{string.Join('\n', ports.Select((port, i) => $"  - {{address: 127.0.0.1, port: {port.Value}, cluster: eu-{port.Key[0]}, health: {healths[i]}}}"))}}
        """);
}
