using System.Diagnostics;
using System.Globalization;
using System.Net;
using ControlPlane.Adapters.CloudFoundry;
using ControlPlane.Adapters.CloudFoundry.Access;
using ControlPlane.Model.Sources;
using ControlPlane.Tests.EndToEnd.Peers;
using static ControlPlane.Tests.EndToEnd.Sources.CloudFoundryWatch;

namespace ControlPlane.Tests.EndToEnd.Sources;

/// <summary>Logins, tokens and limits of a Cloud Controller; which is a stand-in, see <see cref="CloudControllerStandIn"/>.</summary>
public sealed class CloudFoundryLoginTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private CloudControllerStandIn controller = null!;

    public async ValueTask InitializeAsync()
    {
        controller = await CloudControllerStandIn.StartAsync();
        folder.Write("secret", controller.Secret + "\n");
        controller.Foundation.Push("cart");
        controller.Foundation.Run("cart", 0, "10.0.1.1", 61001);
    }

    public async ValueTask DisposeAsync()
    {
        await controller.DisposeAsync();
        folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Secret_ThatIsWrong_IsSaidAndReadAgainWhenItIsRight(bool isClient)
    {
        ControllerAccess access = isClient
            ? Client(controller.Address, folder.File("secret"))
            : new ControllerAccess { Address = controller.Address, Username = "auditor", PasswordFile = folder.File("secret") };
        await using WatchedSource source = Watch(new CloudFoundrySettings { Api = access });
        await source.LiveAsync();

        controller.Secret = "s3cret/2";
        controller.RevokeTokens();
        await StaleAsync(source, $"the UAA at 127.0.0.1:{controller.Address.Port} does not accept {(isClient ? "the client controlplane" : "the user auditor")} with the secret in {folder.File("secret")}");
        source.Reason.ShouldNotContain("s3cret");
        source.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");
        folder.Write("secret", "");
        await StaleAsync(source, "is empty");
        folder.Write("secret", controller.Secret);

        await source.LiveAsync();
        source.Removals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Token_ThatEnds_IsRenewedBefore()
    {
        controller.TokenLife = TimeSpan.FromSeconds(2);
        await using FaultProxy proxy = await FaultProxy.StartAsync(controller.Address);
        await using WatchedSource source = Watch(new CloudFoundrySettings { Api = Client(proxy.Address, folder.File("secret")) }, rest: TimeSpan.FromMilliseconds(20));
        await source.LiveAsync();

        await Eventually.Until(() => controller.Logins >= 3);
        source.State.ShouldBe(SourceState.Live);
        // Each request was sent once: none was refused.
        controller.Requests("/v3/apps").ShouldBeInRange(proxy.Requests("/v3/apps") - 1, proxy.Requests("/v3/apps"));
    }

    [Fact]
    public async Task Token_ThatIsWithdrawn_IsReplacedAtOnce()
    {
        await using WatchedSource source = Watch(new CloudFoundrySettings { Api = Client(controller.Address, folder.File("secret")) });
        await source.LiveAsync();
        controller.Logins.ShouldBe(1);

        controller.RevokeTokens();

        await Eventually.Until(() => controller.Logins == 2);
        int readings = controller.Requests("/v3/routes");
        await Eventually.Until(() => controller.Requests("/v3/routes") > readings);
        (source.State, controller.Logins).ShouldBe((SourceState.Live, 2));
    }

    [Fact]
    public async Task Uaa_ThatIsNotThere_IsSaid()
    {
        await using WatchedSource source = Watch(new CloudFoundrySettings
        {
            Api = Client(controller.Address, folder.File("secret")) with { Uaa = new Uri($"http://127.0.0.1:{Loopback.FreePort()}/uaa") },
        });

        await StaleAsync(source, "the UAA at 127.0.0.1");
        source.Reason.ShouldContain("cannot be reached: Connection refused");
    }

    [Theory]
    [InlineData("Retry-After")]
    [InlineData("X-RateLimit-Reset")]
    public async Task Controller_ThatAsksToWait_IsLeftInPeaceUntilThen(string header)
    {
        await using FaultProxy proxy = await FaultProxy.StartAsync(controller.Address);
        await using WatchedSource source = Watch(new CloudFoundrySettings { Api = Client(proxy.Address, folder.File("secret")) }, Times with { Patience = TimeSpan.FromMilliseconds(500) });
        await source.LiveAsync();
        string until = header == "Retry-After" ? "3" : TimeProvider.System.GetUtcNow().AddSeconds(4).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

        long asked = Stopwatch.GetTimestamp();
        proxy.Fault = Fault.Answer(HttpStatusCode.TooManyRequests, "", (header, until), ("X-RateLimit-Remaining", "0"));
        await StaleAsync(source, "allows no requests for another");
        proxy.Fault = Fault.None;
        int before = proxy.Requests();
        source.Endpoints("cart").ShouldBe("10.0.1.1:61001 Healthy");

        await Eventually.Until(() => proxy.Requests() > before);
        Stopwatch.GetElapsedTime(asked).ShouldBeGreaterThan(TimeSpan.FromSeconds(2.5));
        await source.LiveAsync();
        source.Removals.ShouldBeEmpty();
    }

    [Fact]
    public async Task Controller_ThatAsksToWaitAMoment_IsWaitedForWithinTheReading()
    {
        await using FaultProxy proxy = await FaultProxy.StartAsync(controller.Address);
        int refused = 0;
        proxy.Fault = Fault.Answer(HttpStatusCode.TooManyRequests, "", ("Retry-After", "1")).For(request => request.Path == "/v3/spaces" && Interlocked.Increment(ref refused) == 1);

        await using WatchedSource source = Watch(new CloudFoundrySettings { Api = Client(proxy.Address, folder.File("secret")) });

        await source.LiveAsync();
        refused.ShouldBeGreaterThan(1);
        proxy.Requests("/v3/organizations").ShouldBeLessThanOrEqualTo(2);
    }
}
