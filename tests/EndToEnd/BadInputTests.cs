using System.Net;
using System.Net.Sockets;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd;

/// <summary>What is wrong is said in a way that helps, and nothing else breaks.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Run_OnAPortInUse_SaysWhich()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;

        await using ChildProcess run = await RunAsync("run", "--data", folder.File("data"), "--rest-address", $"127.0.0.1:{port}", "--xds-address", $"127.0.0.1:{Loopback.FreePort()}");

        run.ExitCode.ShouldBe(1);
        run.Output.ShouldContain($"127.0.0.1:{port}");
        run.Output.ShouldContain("in use");
        run.Output.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Run_OnAnAddressThatOthersReach_NeedsAWord()
    {
        await using ChildProcess run = await RunAsync("run", "--data", folder.File("data"), "--xds-address", $"0.0.0.0:{Loopback.FreePort()}");

        run.ExitCode.ShouldBe(1);
        run.Output.ShouldContain("--insecure");
    }

    [Fact]
    public async Task Run_WithoutItsFolderOfCertificates_SaysWhich()
    {
        await using ChildProcess run = await RunAsync("run", "--data", folder.File("data"), "--certificates", folder.File("nowhere"));

        run.ExitCode.ShouldBe(1);
        run.Output.ShouldContain($"--certificates: there is no folder {folder.File("nowhere")}");
    }

    [Fact]
    public async Task Run_WithAStateFolderThatCannotBeMade_SaysWhich()
    {
        string file = folder.Write("file", "");

        await using ChildProcess run = await RunAsync("run", "--data", Path.Combine(file, "data"), "--rest-address", $"127.0.0.1:{Loopback.FreePort()}", "--xds-address", $"127.0.0.1:{Loopback.FreePort()}");

        run.ExitCode.ShouldBe(1);
        run.Output.ShouldContain(file);
        run.Output.ShouldContain("--data");
    }

    [Fact]
    public async Task Run_OnStateThatAnotherHas_SaysSo()
    {
        await using ControlPlaneProcess first = await ControlPlaneProcess.StartAsync(folder.File("data"));

        await using ChildProcess run = await RunAsync(
            "run", "--data", folder.File("data"), "--rest-address", $"127.0.0.1:{Loopback.FreePort()}", "--xds-address", $"127.0.0.1:{Loopback.FreePort()}");

        run.ExitCode.ShouldBe(1);
        run.Output.ShouldContain("in use by another control plane");
        (await first.IsReadyAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Run_WithAFolderThatCannotBeRead_IsStaleWithTheReasonAndRecovers()
    {
        string missing = folder.File("nowhere");
        await using ControlPlaneProcess controlPlane = ControlPlaneProcess.Launch(folder.File("data"), "--config", missing, "--warm-timeout", "500ms");
        await controlPlane.WaitUntilReadyAsync();
        await Eventually.Until(async () => await controlPlane.GetAsync("sources/file") is var source && source["reason"]?.GetValue<string>().Contains(missing, StringComparison.Ordinal) == true);

        folder.Write("nowhere/cluster.yaml", "apiVersion: controlplane.io/v1alpha1\nkind: Cluster\nmetadata: {name: east}\n");

        await Eventually.Until(async () => (await controlPlane.GetAsync("sources/file"))["state"]!.GetValue<string>() == "Live");
    }

    [Fact]
    public async Task Validate_OfBadFiles_NamesFileLineAndField()
    {
        folder.Write("configuration/bad.yaml", """
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: east}
            spec:
              localty: {region: eu}
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Servise
            metadata: {name: cart}
            """);

        await using ChildProcess validate = await RunAsync("validate", folder.File("configuration"));

        validate.ExitCode.ShouldBe(1);
        validate.Output.ShouldContain("bad.yaml:5");
        validate.Output.ShouldContain("localty");
        validate.Output.ShouldContain("locality");
        validate.Output.ShouldContain("bad.yaml:8");
        validate.Output.ShouldContain("Servise");
    }

    [Fact]
    public async Task Validate_OfTheExamples_FindsNothing()
    {
        await using ChildProcess validate = await RunAsync("validate", Path.Combine(Peer.Root, "deploy", "examples", "two-regions"));

        validate.ExitCode.ShouldBe(0, validate.Output);
    }

    [Theory]
    [InlineData("get", "clusters", "--server", "http://127.0.0.1:1")]
    [InlineData("bootstrap", "--node", "a", "--cluster", "b", "--kind", "gateway")]
    [InlineData("bootstrap", "--node", "a", "--cluster", "b", "--inbound", "80")]
    [InlineData("bootstrap", "--node", "a", "--cluster", "b", "--xds", "nonsense")]
    [InlineData("run", "--rest-address", "nonsense")]
    [InlineData("run", "--warm-timeout", "soon")]
    [InlineData("run", "--kubernetes", "=kubeconfig")]
    [InlineData("run", "--kubernetes", "a", "--kubernetes", "a")]
    [InlineData("run", "--tls-cert", "cert.pem")]
    [InlineData("validate", "/does/not/exist.yaml")]
    public async Task Command_ThatCannotBeDone_EndsWithOneAndAReason(params string[] arguments)
    {
        await using ChildProcess run = await RunAsync(arguments);

        run.ExitCode.ShouldBe(1);
        run.Output.ShouldNotBeEmpty();
        run.Output.ShouldNotContain("Unhandled exception");
        run.Output.ShouldNotContain("   at ");
    }

    private static Task<ChildProcess> RunAsync(params string[] arguments) => ChildProcess.RunAsync(ControlPlaneProcess.Program, arguments);
}
