using ControlPlane.Grains.Services;
using ControlPlane.Model;

namespace ControlPlane.Tests.Unit.Grains;

/// <summary>Ports that are given once and kept.</summary>
[Trait("Engine", "each")]
public sealed class LoopbackPortTests : IDisposable
{
    private static readonly ServicePort Tcp = new("db", 5432, Protocol.Tcp);
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Reserve_AfterARestart_GivesTheSame()
    {
        ValueList<int> before;
        await using (Region first = await Region.StartAsync(folder.Path))
        {
            before = await Grain(first).ReserveAsync(Samples.Service("db"), [Tcp, Tcp with { Port = 5433 }]);
        }
        await using Region second = await Region.StartAsync(folder.Path);

        ValueList<int> after = await Grain(second).ReserveAsync(Samples.Service("db"), [Tcp, Tcp with { Port = 5433 }]);

        after.ShouldBe(before);
        before.Distinct().Count().ShouldBe(2);
        before.ShouldAllBe(port => port >= 20_000 && port < 30_000);
    }

    [Fact]
    public async Task Reserve_OfAConfiguredPort_GivesThat()
    {
        await using Region region = await Region.StartAsync(folder.Path);

        (await Grain(region).ReserveAsync(Samples.Service("db"), [Tcp with { LoopbackPort = 5432 }])).ShouldBe([5432]);
    }

    [Fact]
    public async Task Service_OverTcp_HasItsPortInTheCatalog_AlsoAfterALoss()
    {
        await using Region region = await Region.StartAsync(folder.Path);
        Holder east = await region.HoldAsync("east");
        await east.SyncAsync(Samples.Part("db", [Tcp], "10.0.0.1"));
        await region.UntilAsync(Samples.Service("db"), "10.0.0.1");
        int port = region.Find(Samples.Service("db"))!.Ports[0].LoopbackPort;
        await region.KillAsync("loopback", "default");
        await region.KillAsync("service", Samples.Service("db").ToString());

        await east.ReplaceAsync(Samples.Part("db", [Tcp], "10.0.0.2"));

        await region.UntilAsync(Samples.Service("db"), "10.0.0.2");
        region.Find(Samples.Service("db"))!.Ports[0].LoopbackPort.ShouldBe(port);
        port.ShouldBeInRange(20_000, 29_999);
    }

    private static ILoopbackPortGrain Grain(Region region) => region.Grains.GetGrain<ILoopbackPortGrain>("default");
}
