using System.Text;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Regions;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Storage;

/// <summary><c>controlplane backup</c> and <c>restore</c>.</summary>
[Trait("Engine", "each")]
public sealed class BackupTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly ConfigurationFolder configuration = new();

    public void Dispose()
    {
        configuration.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task Region_ThatIsRestoredFromNothing_WhileAnotherKnowsItsPast_EndsWithTheRestoredTruthEverywhere()
    {
        await using RegionWorld world = await RegionWorld.StartAsync("eu", "us");
        (RegionProcess eu, RegionProcess us) = (world["eu"], world["us"]);
        await RegisterAsync(eu.ControlPlane, "eu", "vm-1", 8001);
        await us.UntilEndpointsAsync("vm-1", "127.0.0.1:8001");
        await RunAsync(0, "backup", "--data", eu.Data, "--region", "eu", folder.File("eu.backup"));

        // The past that is not restored: one that came, one that changed, one that went.
        await RegisterAsync(eu.ControlPlane, "eu", "vm-2", 8002);
        await RegisterAsync(eu.ControlPlane, "eu", "vm-1", 9001);
        await us.UntilEndpointsAsync("vm-1", "127.0.0.1:9001");
        await us.UntilEndpointsAsync("vm-2", "127.0.0.1:8002");
        long generation = (long)(await us.LinkAsync("eu"))["generation"]!;
        await eu.LoseEverythingAsync();

        await RunAsync(0, "restore", "--data", eu.Data, folder.File("eu.backup"));
        await eu.StartAsync();

        await us.UntilEndpointsAsync("vm-1", "127.0.0.1:8001");
        await us.UntilEndpointsAsync("vm-2", "");
        (await eu.EndpointsAsync("vm-1")).ShouldBe("127.0.0.1:8001");
        (await eu.EndpointsAsync("vm-2")).ShouldBe("");
        ((long)(await us.LinkAsync("eu"))["generation"]!).ShouldBeGreaterThan(generation);
        await RegisterAsync(eu.ControlPlane, "eu", "vm-2", 8003);
        await us.UntilEndpointsAsync("vm-2", "127.0.0.1:8003");
    }

    [Fact]
    public async Task Backup_FromAFolder_IsRestoredIntoPostgres_AndWhatThisProcessKnewLastDoesNotComeBack()
    {
        await using PostgresServer postgres = await PostgresServer.StartAsync();
        string[] options = ["--config", configuration.Path];
        string[] database = ["--postgres", postgres.ConnectionString];
        configuration.Write("tcp.yaml", """
            apiVersion: controlplane.io/v1alpha1
            kind: Service
            metadata: {name: db, namespace: shop}
            spec: {ports: [{name: sql, port: 5432, protocol: tcp}], endpoints: [{address: 10.0.0.1, port: 5432, cluster: eu-a}]}
            """);
        int port;
        await using (ControlPlaneProcess first = await ControlPlaneProcess.StartAsync(folder.File("one"), options))
        {
            await RegisterAsync(first, "eu-a", "vm-1", 8001);
            port = await LoopbackPortAsync(first);
            await RunAsync(0, "backup", "--data", folder.File("one"), folder.File("a.backup"));
            (await first.StopAsync()).ShouldBe(0, first.Output);
        }
        await using (ControlPlaneProcess second = await ControlPlaneProcess.StartAsync(folder.File("two"), [.. options, .. database]))
        {
            await RegisterAsync(second, "eu-a", "vm-2", 8002);
            (await RunAsync(1, ["restore", .. database, "--replace", folder.File("a.backup")])).ShouldContain("in use by a control plane");
            (await second.StopAsync()).ShouldBe(0, second.Output);
        }
        (await RunAsync(1, ["restore", .. database, folder.File("a.backup")])).ShouldContain("there is state already");

        await RunAsync(0, ["restore", .. database, "--replace", folder.File("a.backup")]);
        await using ControlPlaneProcess restored = await ControlPlaneProcess.StartAsync(folder.File("two"), [.. options, .. database]);

        await Eventually.Until(
            async () => (await restored.ListAsync("registrations")).Select(item => (string)item!["id"]!).SequenceEqual(["vm-1"])
                && (await restored.ListAsync("endpoints")).Select(item => (string)item!["service"]!).Order().SequenceEqual(["default/shop/db", "default/shop/vm-1"]),
            state: () => restored.Output);
        (await LoopbackPortAsync(restored)).ShouldBe(port);
        (await RunAsync(0, ["backup", .. database, "-"])).ShouldContain("\"sha256\"");
    }

    [Fact]
    public async Task WhatCannotBeDone_IsSaid()
    {
        await using ControlPlaneProcess running = await ControlPlaneProcess.StartAsync(folder.File("one"), "--config", configuration.Path);
        await RunAsync(0, "backup", "--data", folder.File("one"), folder.File("a.backup"));
        byte[] whole = await File.ReadAllBytesAsync(folder.File("a.backup"));
        await File.WriteAllBytesAsync(folder.File("cut.backup"), whole[..^80]);

        (await RunAsync(1, "restore", "--data", folder.File("one"), "--replace", folder.File("a.backup"))).ShouldContain("is in use by another control plane");
        (await RunAsync(1, "restore", "--data", folder.File("new"), folder.File("cut.backup"))).ShouldContain("cut.backup, line ");
        Directory.Exists(folder.File("new")).ShouldBeFalse();
        (await RunAsync(1, "backup", "--data", folder.File("nowhere"), folder.File("b.backup"))).ShouldContain("there is no state file");
        File.Exists(folder.File("b.backup")).ShouldBeFalse();
        (await RunAsync(0, "restore", "--check", folder.File("a.backup"))).ShouldContain("region local, ");
    }

    private static async Task<int> LoopbackPortAsync(ControlPlaneProcess controlPlane)
    {
        int? port = null;
        await Eventually.Until(
            async () => (port = (int?)(await controlPlane.ListAsync("services")).SingleOrDefault(service => (string?)service!["name"] == "db")?["ports"]![0]!["loopbackPort"]) is not null, state: () => controlPlane.Output);
        return port!.Value;
    }

    private static async Task RegisterAsync(ControlPlaneProcess controlPlane, string cluster, string id, int port)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"/v1/registrations/{id}", UriKind.Relative));
        request.Content = new StringContent($$"""
            {"service": "{{id}}", "namespace": "shop", "cluster": "{{cluster}}", "address": "127.0.0.1", "leaseSeconds": 300,
             "ports": [{"port": {{port}}, "servicePort": 80, "protocol": "http"}]}
            """, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await controlPlane.SendAsync(request);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }

    private static async Task<string> RunAsync(int exitCode, params string[] arguments)
    {
        await using ChildProcess command = await ChildProcess.RunAsync(ControlPlaneProcess.Program, arguments);
        command.ExitCode.ShouldBe(exitCode, command.Output);
        return command.Output;
    }
}
