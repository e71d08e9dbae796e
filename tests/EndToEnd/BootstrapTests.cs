using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd;

/// <summary>How a bootstrap carries what a proxy proves with who it is.</summary>
public sealed class BootstrapTests : IDisposable
{
    private readonly TemporaryFolder files = new();

    public void Dispose() => files.Dispose();

    [Fact]
    public async Task Token_IsWrittenForTheStream_WithTheAdviceToKeepTheFile()
    {
        string token = files.Write("token", "a-token-of-the-web\n");

        (int code, string output) = await RunAsync("--token-file", token);

        code.ShouldBe(0);
        output.ShouldContain("- {key: authorization, value: \"Bearer a-token-of-the-web\"}");
        output.ShouldContain("chmod 600");
        (await RunAsync()).Output.ShouldNotContain("authorization");
    }

    [Fact]
    public async Task ClientCertificate_IsNamedForTheConnection()
    {
        (int code, string output) = await RunAsync("--xds-ca", "/ca.crt", "--client-certificate", "/web.crt", "--client-key", "/web.key");

        code.ShouldBe(0);
        output.ShouldContain("certificate_chain: {filename: \"/web.crt\"}");
        output.ShouldContain("private_key: {filename: \"/web.key\"}");
    }

    [Theory]
    [InlineData("--token-file NOTHING", "Could not find file")]
    [InlineData("--token-file EMPTY", "holds no token")]
    [InlineData("--token-file LINES", "holds no token")]
    [InlineData("--kind grpc --token-file TOKEN", "gRPC clients are not told apart")]
    [InlineData("--client-certificate /web.crt --client-key /web.key", "needs --client-key, and --xds-ca")]
    [InlineData("--client-certificate /web.crt --xds-ca /ca.crt", "needs --client-key, and --xds-ca")]
    public async Task Options_ThatDoNotFit_AreRefusedWithTheReason(string options, string reason)
    {
        files.Write("EMPTY", "\n");
        files.Write("LINES", "one token\nanother token\n");
        files.Write("TOKEN", "a-token-of-the-web");

        (int code, string output) = await RunAsync([.. options.Split(' ').Select(word => word.All(char.IsUpper) ? files.File(word) : word)]);

        code.ShouldBe(1);
        output.ShouldContain(reason);
        output.ShouldNotContain("another token");
    }

    private static async Task<(int Code, string Output)> RunAsync(params string[] options)
    {
        await using ChildProcess bootstrap = await ChildProcess.RunAsync(ControlPlaneProcess.Program, ["bootstrap", "--node", "web-1", "--cluster", "eu-a", .. options]);
        return (bootstrap.ExitCode, bootstrap.Output);
    }
}
