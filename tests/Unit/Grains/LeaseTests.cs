using ControlPlane.Model.Sources;

namespace ControlPlane.Tests.Unit.Grains;

/// <summary>Who may speak for a source.</summary>
[Trait("Engine", "each")]
public sealed class LeaseTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private Region region = null!;

    public async ValueTask InitializeAsync() => region = await Region.StartAsync(folder.Path);

    public async ValueTask DisposeAsync()
    {
        await region.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Acquire_WhileItIsHeld_IsRefusedAndNamesTheHolder()
    {
        Holder first = await region.HoldAsync("east");

        LeaseResult second = await region.Source("east").AcquireAsync(Members.There);

        second.Granted.ShouldBeFalse();
        second.Holder.ShouldBe(Members.Here);
        second.Epoch.ShouldBe(first.Lease.Epoch);
    }

    [Fact]
    public async Task Acquire_OfTheHolderItself_GivesAHigherEpoch()
    {
        Holder first = await region.HoldAsync("east");

        Holder second = await region.HoldAsync("east");

        second.Lease.Granted.ShouldBeTrue();
        second.Lease.Epoch.ShouldBeGreaterThan(first.Lease.Epoch);
    }

    [Fact]
    public async Task Acquire_AfterARelease_IsGranted()
    {
        Holder first = await region.HoldAsync("east");
        await first.ReleaseAsync();

        Holder second = await region.HoldAsync("east", Members.There);

        second.Lease.Granted.ShouldBeTrue();
        second.Lease.Epoch.ShouldBeGreaterThan(first.Lease.Epoch);
    }

    [Fact]
    public async Task Acquire_WhenTheHolderIsGone_IsGranted()
    {
        Holder first = await region.HoldAsync("east", Members.There);
        region.Members.Lose(Members.There);
        Holder? second = null;

        // It has just spoken, and so may only not be known here yet.
        (await region.HoldAsync("east")).Lease.Granted.ShouldBeFalse();
        await Eventually.Until(async () => (second = await region.HoldAsync("east")).Lease.Granted);

        second!.Lease.Epoch.ShouldBeGreaterThan(first.Lease.Epoch);
    }

    [Fact]
    public async Task Acquire_WhenTheHolderWasGoneBeforeTheActivation_IsGrantedAtOnce()
    {
        await region.HoldAsync("east", Members.There);
        region.Members.Lose(Members.There);
        await region.KillAsync("source", "east");

        (await Region.AnsweredAsync(() => region.HoldAsync("east"))).Lease.Granted.ShouldBeTrue();
    }

    [Fact]
    public async Task Retire_WhileItIsHeld_IsRefusedAndTakesNothingBack()
    {
        Holder holder = await region.HoldAsync("east");

        (await region.Source("east").RetireAsync()).ShouldBeFalse();
        await holder.ReleaseAsync();
        (await region.Source("east").RetireAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task Acquire_WhenItHasExpired_IsGranted()
    {
        Holder first = await region.HoldAsync("east");
        Holder? second = null;

        await Eventually.Until(async () => (second = await region.HoldAsync("east", Members.There)).Lease.Granted);

        second!.Lease.Epoch.ShouldBeGreaterThan(first.Lease.Epoch);
    }

    [Fact]
    public async Task Acquire_AfterTheActivationIsLost_IsStillRefusedToOthers()
    {
        await region.HoldAsync("east");
        await region.KillAsync("source", "east");

        (await region.Source("east").AcquireAsync(Members.There)).Granted.ShouldBeFalse();
    }

    [Fact]
    public async Task Report_UnderAnOldEpoch_IsFenced()
    {
        Holder first = await region.HoldAsync("east");
        Holder second = await region.HoldAsync("east");

        ReportResult result = await first.SyncAsync(Samples.Part("cart", "10.0.0.1"));

        result.Accepted.ShouldBeFalse();
        (await second.SyncAsync(Samples.Part("cart", "10.0.0.2"))).Accepted.ShouldBeTrue();
        await region.UntilAsync(Samples.Service("cart"), "10.0.0.2");
        region.Recorded.Snapshots.SelectMany(snapshot => snapshot.Services.Values).SelectMany(service => service.Endpoints)
            .ShouldAllBe(endpoint => endpoint.Address == "10.0.0.2");
    }

    [Fact]
    public async Task Release_UnderAnOldEpoch_ChangesNothing()
    {
        Holder first = await region.HoldAsync("east");
        await region.HoldAsync("east");

        await first.ReleaseAsync();

        (await region.Source("east").AcquireAsync(Members.There)).Granted.ShouldBeFalse();
    }
}
