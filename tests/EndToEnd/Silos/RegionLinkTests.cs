using System.Globalization;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Regions;

namespace ControlPlane.Tests.EndToEnd.Silos;

/// <summary>A link between a region of one process and one of three silos: one of these holds it.</summary>
[Trait("Engine", "Orleans")]
public sealed class RegionLinkTests(ThreeSilos region) : IClassFixture<ThreeSilos>, IAsyncLifetime
{
    private const string Source = "region/us";
    private readonly RegionProcess us = new("us", ["--region", "us", "--warm-timeout", "1s"]);
    private int said;

    public async ValueTask InitializeAsync()
    {
        us.Write("link-test.yaml", """
            apiVersion: controlplane.io/v1alpha1
            kind: Source
            metadata: {name: test}
            spec: {region: {address: "http://127.0.0.1:1"} }
            """);
        await us.StartAsync();
        Say();
        region.Configuration.Write("link-us.yaml", string.Create(CultureInfo.InvariantCulture, $$"""
            apiVersion: controlplane.io/v1alpha1
            kind: Source
            metadata: {name: us}
            spec: {region: {address: "http://127.0.0.1:{{us.LinkPort}}"} }
            """));
    }

    public ValueTask DisposeAsync() => us.DisposeAsync();

    [Fact]
    public async Task Kill_OfTheSiloThatHoldsALink_LosesNothing_AndAnotherTakesOver()
    {
        foreach (ControlPlaneProcess silo in region.Silos)
        {
            await Eventually.Until(async () => await PortAsync(silo) == said, within: ThreeSilos.Recovery, state: () => region.Output);
        }
        ControlPlaneProcess holder = await HolderAsync(region.Silos);
        ControlPlaneProcess[] others = [.. region.Silos.Where(silo => silo != holder)];
        using var end = new CancellationTokenSource();
        Task[] watching = [.. others.Select(silo => WatchAsync(silo, end.Token))];

        await holder.KillAsync();
        await HolderAsync(others);
        Say();
        foreach (ControlPlaneProcess silo in others)
        {
            await Eventually.Until(async () => await PortAsync(silo) == said, within: ThreeSilos.Recovery, state: () => region.Output);
        }

        await end.CancelAsync();
        await Task.WhenAll(watching);
        await holder.RestartAsync();
        await region.UntilWholeAsync();
        await Eventually.Until(async () => await PortAsync(holder) == said, within: ThreeSilos.Recovery, state: () => region.Output);
    }

    // The port counts up.
    private void Say() => us.Serve("far", ("10.0.0.1", ++said));

    private async Task<ControlPlaneProcess> HolderAsync(IReadOnlyList<ControlPlaneProcess> among)
    {
        ControlPlaneProcess? found = null;
        string[] names = await Task.WhenAll(among.Select(ThreeSilos.NameAsync));
        await Eventually.Until(async () =>
        {
            Say();
            string holder = (await ThreeSilos.HoldersAsync(among[0])).GetValueOrDefault(Source, "");
            found = Array.FindIndex(names, name => holder == $"Live at {name}") is >= 0 and var place ? among[place] : null;
            return found is not null;
        }, within: ThreeSilos.Recovery, state: () => region.Output);
        return found!;
    }

    private async Task WatchAsync(ControlPlaneProcess silo, CancellationToken cancellationToken)
    {
        for (int before = 0; !cancellationToken.IsCancellationRequested;)
        {
            int now = await PortAsync(silo);
            now.ShouldBeGreaterThanOrEqualTo(before, region.Output);
            before = now;
        }
    }

    private static async Task<int> PortAsync(ControlPlaneProcess silo) =>
        (await silo.ListAsync("endpoints?service=default/shop/far")).SingleOrDefault()?["ports"]!["80"]!.GetValue<int>() ?? 0;
}
