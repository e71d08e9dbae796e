using ControlPlane.Model;
using ControlPlane.Model.Sources;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

/// <summary>The life of an instance, as each registry tells it.</summary>
[Collection(SourcesCollection.Name)]
public sealed class SourceLifecycleTests(Registries registries)
{
    [Theory]
    [MemberData(nameof(Registries.Names), MemberType = typeof(Registries))]
    public async Task Instance_FromItsFirstDayToItsLast(string name)
    {
        IRegistryUnderTest registry = await registries.GetAsync(name);
        await using WatchedSource source = registry.Watch(TimeSpan.FromSeconds(10));
        await source.LiveAsync();
        // Those that ended in earlier tests may be there a while.
        string[] old = [.. Carts(source).Select(Key)];
        Endpoint[] New() => [.. Carts(source).Where(endpoint => !old.Contains(Key(endpoint)))];
        Task UntilAsync(string what, Func<Endpoint[], bool> holds) =>
            Eventually.Until(() => holds(New()), state: () => $"{source.State} {source.Reason}: {source.Endpoints("cart")}; {string.Join("; ", source.Problems)}", what: what);

        string cart = await registry.AddAsync("cart");
        await UntilAsync("added", carts => carts is [{ Health: Health.Healthy or Health.Unknown }]);
        Endpoint first = New()[0];
        await registry.ChangeAsync(cart);
        await UntilAsync("changed", carts => carts is [{ Health: Health.Healthy or Health.Unknown } changed] && changed with { Declared = first.Declared } != first);
        await registry.SetHealthAsync(cart, Health.Unhealthy);
        await UntilAsync("unhealthy", carts => carts is [{ Health: Health.Unhealthy }]);
        await registry.SetHealthAsync(cart, Health.Healthy);
        await UntilAsync("healthy again", carts => carts is [{ Health: Health.Healthy or Health.Unknown }]);
        await registry.SetHealthAsync(cart, Health.Draining);
        await UntilAsync("draining", carts => carts is [{ Health: Health.Draining }]);
        await registry.RemoveAsync(cart);
        await UntilAsync("removed", carts => carts is [] or [{ Health: Health.Draining }]);

        string other = await registry.AddAsync("other");
        await Eventually.Until(() => source.Find("other") is { Endpoints.Count: 1 }, state: () => source.Reason);
        await registry.RemoveAsync(other);
        await Eventually.Until(() => source.Find("other") is null || source.Find("other")!.Endpoints.All(endpoint => endpoint.Health == Health.Draining), state: () => source.Reason);
        source.State.ShouldBe(SourceState.Live);
        source.Problems.ShouldBeEmpty();
    }

    private static ValueList<Endpoint> Carts(WatchedSource source) => source.Find("cart")?.Endpoints ?? [];

    private static string Key(Endpoint endpoint) => $"{endpoint.Address} {endpoint.Workload}";
}
