using ControlPlane.Model;
using ControlPlane.Model.Sources;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

/// <summary>Whatever goes wrong with a registry: nothing known is lost, it is said what is wrong, and it passes by itself.</summary>
[Collection(SourcesCollection.Name)]
public sealed class SourceFaultTests(Registries registries)
{
    // For what is not to be answered; and for what is, on a machine that is busy.
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(700);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(10);

    [Fact]
    public void EveryFault_IsTestedOrCannotBe()
    {
        foreach (IRegistryUnderTest registry in Registries.All())
        {
            registry.Faults.Keys.Concat(registry.Impossible.Keys).Order().ToArray().ShouldBe(Enum.GetValues<SourceFault>(), registry.Name);
            registry.Impossible.Values.ShouldAllBe(why => why.Length > 10, registry.Name);
            foreach ((SourceFault fault, string why) in registry.Impossible)
            {
                TestContext.Current.TestOutputHelper!.WriteLine($"{registry.Name} has no {fault}: {why}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Registries.Faults), MemberType = typeof(Registries))]
    public async Task Fault_LosesNothingSaysWhatIsWrongAndPasses(string name, SourceFault kind)
    {
        IRegistryUnderTest registry = await registries.GetAsync(name);
        FaultUnderTest fault = registry.Faults[kind];
        await using WatchedSource source = registry.Watch(kind == SourceFault.Silence ? Short : Long);
        await source.LiveAsync();
        string before = Picture(source);
        source.Services.Sum(part => part.Endpoints.Count).ShouldBeGreaterThanOrEqualTo(3);

        await fault.Begin();
        if (fault.Reason is { } reason)
        {
            await Eventually.Until(
                () => source.Told.Any(told => told.Contains(reason, StringComparison.OrdinalIgnoreCase)), state: () => $"{source.State}: {string.Join(" | ", source.Told)}", what: reason);
            if (kind is not (SourceFault.Emptiness or SourceFault.ExpiredCredentials))
            {
                source.State.ShouldBe(SourceState.Stale);
            }
        }
        Picture(source).ShouldBe(before);
        string added = await registry.AddAsync("cart");
        await fault.End();

        await ServesAsync(source, 3);
        source.Removals.ShouldBeEmpty();
        source.Told.ShouldAllBe(told => !registry.Secrets.Any(secret => told.Contains(secret, StringComparison.Ordinal)));
        if (fault.Reason is null)
        {
            source.Told.ShouldBeEmpty();
        }
        await registry.RemoveAsync(added);
        await ServesAsync(source, 2);
    }

    [Theory]
    [MemberData(nameof(Registries.Names), MemberType = typeof(Registries))]
    public async Task Component_ThatIsKilledAndStartsAgain_LosesNothing(string name)
    {
        IRegistryUnderTest registry = await registries.GetAsync(name);
        await using WatchedSource source = registry.Watch(Long);
        await source.LiveAsync();
        string before = Picture(source);

        await registry.KillAsync();
        await Eventually.Until(
            () => source.State == SourceState.Stale && source.Reason.Contains("cannot be reached", StringComparison.Ordinal), state: () => $"{source.State}: {string.Join(" | ", source.Told)}");
        Picture(source).ShouldBe(before);
        await registry.StartAgainAsync();

        await ServesAsync(source, 2);
        source.Removals.ShouldBeEmpty();
        string added = await registry.AddAsync("cart");
        await ServesAsync(source, 3);
        await registry.RemoveAsync(added);
    }

    private static string Picture(WatchedSource source) =>
        string.Join("; ", source.Services.Select(part => $"{part.Service}: {source.Endpoints(part.Service.Name)}").Order(StringComparer.Ordinal));

    private static Task ServesAsync(WatchedSource source, int carts) => Eventually.Until(
        () => source.State == SourceState.Live && source.Find("cart")?.Endpoints.Count(endpoint => endpoint.Health is Health.Healthy or Health.Unknown) == carts,
        state: () => $"{source.State}: {source.Reason}; {Picture(source)}", what: $"{carts} instances of cart");
}
