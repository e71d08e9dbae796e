using System.Runtime.CompilerServices;
using ControlPlane.Adapters.Regions.Wire;
using ControlPlane.Adapters.Sources;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;

namespace ControlPlane.Adapters.Regions;

/// <summary>
/// Another region as a source: what it is the author of and exports to this one. A link that breaks is opened again with what is there already, and only
/// what differs comes. Nothing is taken for gone before the other region says that it has said all.
/// </summary>
/// <param name="region">Its name.</param>
internal sealed class RegionAdapter(string region, RegionSettings settings, IRegionIdentity self, IApiCallObserver calls, TimeProvider time) : IDiscoveryAdapter
{
    private readonly RegionClient client = new(region, settings.Address, self, calls, time);
    private readonly Dictionary<ServiceId, (string Version, ServicePart Part)> known = [];

    public string Source { get; } = RegionSources.NameOf(region);

    /// <inheritdoc/>
    public async IAsyncEnumerable<DiscoveryEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using ITimer timer = time.CreateTimer(_ => deadline.Cancel(), null, RegionProtocol.Silence, Timeout.InfiniteTimeSpan);
        long heard = await self.GenerationOfAsync(region, cancellationToken);
        var hello = new RegionHello { Region = self.Name, Generation = heard, Have = known.ToDictionary(entry => entry.Key.ToString(), entry => entry.Value.Version) };
        using RegionLink link = await WithinAsync(() => client.OpenAsync(hello, deadline.Token), cancellationToken);
        await GreetAsync(await NextAsync(link, timer, deadline.Token, cancellationToken), heard, cancellationToken);
        foreach ((_, ServicePart part) in known.Values)
        {
            yield return new Replaced(part);
        }
        bool isComplete = false;
        while (true)
        {
            RegionLine line = await NextAsync(link, timer, deadline.Token, cancellationToken);
            foreach (DiscoveryEvent happened in Read(line))
            {
                yield return happened;
            }
            if (line.IsComplete && !isComplete)
            {
                isComplete = true;
                yield return Synced.Instance;
            }
        }
    }

    // What an earlier life of a region says does not count any more.
    private async Task GreetAsync(RegionLine first, long heard, CancellationToken cancellationToken)
    {
        if (first.Generation is not { } generation)
        {
            throw new IOException($"{client.Place} did not begin with its generation");
        }
        if (generation < heard)
        {
            throw new IOException($"{client.Place} is at generation {generation}, and {heard} has been heard: an earlier life of it still runs there, end it");
        }
        if (generation > heard)
        {
            await self.HeardAsync(region, generation, cancellationToken);
        }
    }

    private IEnumerable<DiscoveryEvent> Read(RegionLine line)
    {
        if (line is { Service: { } part, Version: { } version })
        {
            part = Foreign(part);
            known[part.Service] = (version, part);
            yield return new Replaced(part);
        }
        if (line.Removed is { } name)
        {
            if (!ServiceId.TryParse(name, out ServiceId service))
            {
                throw new IOException($"{client.Place} takes back '{name}', which is no service: expected mesh/namespace/name");
            }
            known.Remove(service);
            yield return new Removed(service);
        }
        if (line.Objects is { } objects)
        {
            yield return new Configured(objects.Where(RegionSources.AreTold).Select(Foreign).ToValueList());
        }
        if (line.Problems is { } problems)
        {
            yield return new Troubled(problems.Select(problem => problem with { Where = $"region {region}: {problem.Where}" }).ToValueList());
        }
    }

    private ServicePart Foreign(ServicePart part) => part with
    {
        Origin = $"region {region}: {part.Origin}",
        Endpoints = part.Endpoints.Select(endpoint => endpoint with { Region = region }).ToValueList(),
    };

    private ConfigObject Foreign(ConfigObject item) => item with { Region = region, Origin = $"region {region}: {item.Origin}" };

    private async Task<RegionLine> NextAsync(RegionLink link, ITimer timer, CancellationToken deadline, CancellationToken cancellationToken)
    {
        while (true)
        {
            timer.Change(RegionProtocol.Silence, Timeout.InfiniteTimeSpan);
            if (await WithinAsync(() => link.NextAsync(deadline), cancellationToken) is { } line)
            {
                // What is done with it takes its own time.
                timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                return line;
            }
        }
    }

    private async Task<T> WithinAsync<T>(Func<Task<T>> wait, CancellationToken cancellationToken)
    {
        try
        {
            return await wait();
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"nothing came from {client.Place} for {RegionProtocol.Silence.TotalSeconds} s");
        }
    }
}
