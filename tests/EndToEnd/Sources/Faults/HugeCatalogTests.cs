using System.Diagnostics;
using ControlPlane.Model.Sources;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

/// <summary>Ten thousand instances: read in seconds, and a change is seen as fast as among few.</summary>
public sealed class HugeCatalogTests
{
    private const int Instances = 10_000;

    [Theory]
    [MemberData(nameof(Registries.Names), MemberType = typeof(Registries))]
    public async Task TenThousandInstances_AreReadWholeAndFollowed(string name)
    {
        await using IRegistryUnderTest registry = Registries.All().First(known => known.Name == name);
        await registry.StartAsync();
        await registry.ResetAsync();
        long begun = Stopwatch.GetTimestamp();
        int count = await registry.FillAsync(Instances);
        TestContext.Current.TestOutputHelper!.WriteLine($"filled in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s");

        begun = Stopwatch.GetTimestamp();
        await using WatchedSource source = registry.Watch(TimeSpan.FromSeconds(30));
        await Eventually.Until(() => source.State == SourceState.Live, TimeSpan.FromSeconds(60), () => $"{source.State}: {source.Reason}");
        TimeSpan read = Stopwatch.GetElapsedTime(begun);
        source.Services.Sum(part => part.Endpoints.Count).ShouldBe(count);
        source.Problems.ShouldBeEmpty();

        begun = Stopwatch.GetTimestamp();
        string added = await registry.AddAsync("cart");
        await Eventually.Until(() => source.Find("cart")!.Endpoints.Count == 3, TimeSpan.FromSeconds(60), () => $"{source.State}: {source.Reason}");
        TestContext.Current.TestOutputHelper!.WriteLine($"read in {read.TotalSeconds:0.0} s, a change seen in {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s");
        await registry.RemoveAsync(added);
        source.State.ShouldBe(SourceState.Live);
        source.Removals.ShouldBeEmpty();
        source.Told.ShouldBeEmpty();
        read.ShouldBeLessThan(TimeSpan.FromSeconds(30));
    }
}
