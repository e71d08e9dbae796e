using System.Globalization;
using System.Net;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Silos;

/// <summary>Silos that speak mutual TLS take in those of their authority only.</summary>
[Trait("Engine", "Orleans")]
public sealed class SiloTlsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Silos_OfOneAuthority_WorkTogether_AndAStrangerIsNotLetIn()
    {
        using var ours = new TestAuthority();
        using var theirs = new TestAuthority("another authority");
        await using PostgresServer postgres = await PostgresServer.StartAsync();
        await using ControlPlaneProcess first = Launch(postgres, ours, "first");
        await using ControlPlaneProcess second = Launch(postgres, ours, "second");
        await Eventually.Until(async () => await ActiveAsync(postgres) == 2, state: () => $"{first.Output}\n{second.Output}");

        await using ControlPlaneProcess stranger = Launch(postgres, theirs, "stranger");
        await Eventually.Until(() => stranger.Output.Contains("ping", StringComparison.Ordinal), state: () => stranger.Output);

        (await ActiveAsync(postgres)).ShouldBe(2);
        first.HasExited.ShouldBeFalse(first.Output);
    }

    // The table may not be there yet.
    private static async Task<long> ActiveAsync(PostgresServer postgres) => await postgres.AskAsync("select to_regclass('silos')::text") is string
        ? (long)(await postgres.AskAsync("select count(*) from silos where status = 3"))!
        : 0;

    private ControlPlaneProcess Launch(PostgresServer postgres, TestAuthority authority, string name)
    {
        (string certificate, string key) = authority.IssueFor(IPAddress.Loopback);
        return ControlPlaneProcess.Launch(
            folder.File(name), "--postgres", postgres.ConnectionString, "--silo-address", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{Loopback.FreePort()}"),
            "--tls-cert", folder.Write($"{name}.crt", certificate), "--tls-key", folder.Write($"{name}.key", key), "--silo-ca", folder.Write($"{name}-ca.crt", authority.Certificate));
    }
}
