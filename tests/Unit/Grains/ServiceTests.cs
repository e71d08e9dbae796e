using ControlPlane.Grains.Catalog;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Sources;

namespace ControlPlane.Tests.Unit.Grains;

/// <summary>From the reports of sources to the catalog of a silo.</summary>
[Trait("Engine", "each")]
public sealed class ServiceTests : IAsyncLifetime
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
    public async Task Report_OfASource_ReachesTheCatalog()
    {
        Holder east = await region.HoldAsync("east");
        await east.SyncAsync(Samples.Part("cart", "10.0.0.1", "10.0.0.2"));
        await region.UntilAsync(Samples.Service("cart"), "10.0.0.1", "10.0.0.2");

        await east.ReplaceAsync(Samples.Part("cart", "10.0.0.3"));
        await region.UntilAsync(Samples.Service("cart"), "10.0.0.3");

        await east.RemoveAsync(Samples.Service("cart"));
        await Eventually.Until(() => region.Find(Samples.Service("cart")) is null);
    }

    [Fact]
    public async Task WholeReport_WithoutAService_RemovesIt()
    {
        Holder east = await region.HoldAsync("east");
        await east.SyncAsync(Samples.Part("cart", "10.0.0.1"), Samples.Part("pay", "10.0.0.2"));
        await region.UntilAsync(Samples.Service("pay"), "10.0.0.2");

        await east.SyncAsync(Samples.Part("cart", "10.0.0.1"));

        await Eventually.Until(() => region.Find(Samples.Service("pay")) is null);
        region.Find(Samples.Service("cart")).ShouldNotBeNull();
    }

    [Fact]
    public async Task Service_OfTwoSources_IsMerged()
    {
        Holder east = await region.HoldAsync("east");
        Holder west = await region.HoldAsync("west");
        await west.SyncAsync(Samples.Part("cart", "10.0.1.1"));
        await east.SyncAsync(Samples.Part("cart", "10.0.0.1"));
        await region.UntilAsync(Samples.Service("cart"), "10.0.0.1", "10.0.1.1");
        ServiceRecord record = region.Find(Samples.Service("cart"))!;
        record.Parts.Select(part => part.Source).ShouldBe(["east", "west"]);
        record.Conflicts.ShouldBeEmpty();

        await west.RemoveAsync(Samples.Service("cart"));

        await region.UntilAsync(Samples.Service("cart"), "10.0.0.1");
    }

    [Fact]
    public async Task Sources_ThatDoNotAgreeOnAPort_AreReportedAsAConflict()
    {
        Holder east = await region.HoldAsync("east");
        Holder west = await region.HoldAsync("west");
        await east.SyncAsync(Samples.Part("cart", "10.0.0.1"));
        await west.SyncAsync(Samples.Part("cart", [Samples.Http with { Protocol = Protocol.Tcp }], "10.0.1.1"));

        await Eventually.Until(() => region.Find(Samples.Service("cart")) is { Conflicts.Count: 1 });

        ServiceRecord record = region.Find(Samples.Service("cart"))!;
        record.Ports.ShouldHaveSingleItem().Protocol.ShouldBe(Protocol.Http);
        record.Conflicts[0].ShouldContain("west");
        record.Conflicts[0].ShouldContain("port 80");
    }

    [Fact]
    public async Task WarmingSource_WithEarlierParts_CountsWithThem()
    {
        Holder east = await region.HoldAsync("east");
        await east.SyncAsync(Samples.Part("cart", "10.0.0.1"));
        await region.UntilAsync(Samples.Service("cart"), "10.0.0.1");
        await region.UntilStoredAsync("east");
        await region.KillAsync("source", "east");
        Holder again = await region.HoldAsync("east");
        await again.ReplaceAsync(SourceState.Warming, "", Samples.Part("pay", "10.0.0.9"));
        await Eventually.Until(() => region.Current.Sources["east"].State == SourceState.Warming);

        // Another source speaks: what is made of both has what the warming one said before.
        Holder west = await region.HoldAsync("west");
        await west.SyncAsync(Samples.Part("cart", "10.0.1.1"));

        await region.UntilAsync(Samples.Service("cart"), "10.0.0.1", "10.0.1.1");
    }

    [Fact]
    public async Task Stale_AndBack_ChangesNoService()
    {
        Holder east = await region.HoldAsync("east");
        await east.SyncAsync(Samples.Part("cart", "10.0.0.1"));
        await region.UntilAsync(Samples.Service("cart"), "10.0.0.1");
        RecordVersion before = region.Find(Samples.Service("cart"))!.Version;

        await east.ReplaceAsync(SourceState.Stale, "the API server is gone");
        await Eventually.Until(() => region.Current.Sources["east"] is { State: SourceState.Stale, Reason: "the API server is gone" });
        await east.ReplaceAsync();
        await Eventually.Until(() => region.Current.Sources["east"].State == SourceState.Live);

        region.Find(Samples.Service("cart"))!.Version.ShouldBe(before);
        region.Current.Sources["east"].Reason.ShouldBeEmpty();
    }

    [Fact]
    public async Task Source_ThatFailsBeforeItsFirstPicture_IsStillWarming()
    {
        Holder east = await region.HoldAsync("east");

        await east.ReplaceAsync(SourceState.Stale, "refused");

        await Eventually.Until(() => region.Current.Sources.TryGetValue("east", out SourceRecord? source)
            && source is { State: SourceState.Warming, Reason: "refused", HasPicture: false });
    }

    [Fact]
    public async Task Retire_TakesBackAllOfASource()
    {
        Holder east = await region.HoldAsync("east");
        Holder west = await region.HoldAsync("west");
        await east.SyncAsync(Samples.Part("cart", "10.0.0.1"), Samples.Part("pay", "10.0.0.2"));
        await west.SyncAsync(Samples.Part("cart", "10.0.1.1"));
        await east.ConfigureAsync(new ControlPlane.Model.Configuration.Network { Name = "n1" });
        await region.UntilAsync(Samples.Service("cart"), "10.0.0.1", "10.0.1.1");
        await Eventually.Until(async () => (await region.ClusterAsync(Samples.Cluster)).Sources.Count == 2);

        await east.ReleaseAsync();
        (await region.Source("east").RetireAsync()).ShouldBeTrue();

        await region.UntilAsync(Samples.Service("cart"), "10.0.1.1");
        await Eventually.Until(() => region.Find(Samples.Service("pay")) is null && !region.Current.Sources.ContainsKey("east")
            && region.Current.Configuration is { Objects.IsEmpty: true });
        (await region.ClusterAsync(Samples.Cluster)).Sources.Select(source => source.Source).ShouldBe(["west"]);
    }

    [Fact]
    public async Task Shard_ThatLostItsMemory_HasEverythingAgain()
    {
        Holder east = await region.HoldAsync("east");
        await east.SyncAsync(Samples.Part("cart", "10.0.0.1"));
        await region.UntilAsync(Samples.Service("cart"), "10.0.0.1");
        ICatalogGrain shard = region.Grains.GetGrain<ICatalogGrain>(Shards.Of(Samples.Service("cart")));

        await region.KillAsync("catalog", Shards.Of(Samples.Service("cart")));

        await Eventually.Until(async () => await shard.ChangesSinceAsync("", 0, default) is { IsComplete: true, Records: [ServiceRecord { Endpoints.Count: 1 }] });
    }

    [Fact]
    public async Task Source_ThatWasLost_StillShowsWhoHoldsItsLease()
    {
        Holder east = await region.HoldAsync("east");
        await east.SyncAsync();

        await region.KillAsync("source", "east");

        SourceRecord record = await region.Source("east").GetRecordAsync();
        record.Holder.ShouldBe(Members.Here);
        record.Epoch.ShouldBe(east.Lease.Epoch);
    }

    [Fact]
    public async Task Source_ThatLostItsLastWords_AndSaysWhatWasStored_IsBelieved()
    {
        Holder east = await region.HoldAsync("east");
        await east.SyncAsync(Samples.Part("cart", "10.0.0.1"));
        await region.UntilStoredAsync("east");
        await east.ReplaceAsync(Samples.Part("cart", "10.0.0.2"));
        await region.KillAsync("source", "east");
        await region.UntilAsync(Samples.Service("cart"), "10.0.0.2");

        Holder again = await region.HoldAsync("east");
        await again.SyncAsync(Samples.Part("cart", "10.0.0.1"));

        await region.UntilAsync(Samples.Service("cart"), "10.0.0.1");
    }
}
