using ControlPlane.Adapters.Hosting;
using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Sources;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;
using ControlPlane.Tests.Unit.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace ControlPlane.Tests.Unit.Grains.Killing;

/// <summary>Steps that happen to three sources of their own, and a plain model of what must come of them.</summary>
internal sealed class Sequence
{
    // Killed shards and sources are found out by a comparison every two seconds; several kills may follow each other.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    private static readonly SourceHostOptions Options = new()
    {
        Heartbeat = TimeSpan.FromMilliseconds(200),
        BackOff = TimeSpan.FromMilliseconds(20),
        MaxBackOff = TimeSpan.FromMilliseconds(200),
    };

    private readonly Region region;
    private readonly string name;
    private readonly ScriptedAdapter[] adapters;
    private readonly SortedDictionary<string, Dictionary<ServiceId, ServicePart>> parts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Network[]> networks = new(StringComparer.Ordinal);

    public Sequence(Region region, string name)
    {
        this.region = region;
        this.name = name;
        adapters = [.. Enumerable.Range(0, 3).Select(index => new ScriptedAdapter($"{name}-source-{index}"))];
        foreach (ScriptedAdapter adapter in adapters)
        {
            parts[adapter.Source] = [];
            networks[adapter.Source] = [];
        }
    }

    public async Task RunAsync(IEnumerable<Step> steps)
    {
        using var stopping = new CancellationTokenSource();
        Task[] hosts = [.. adapters.Select(adapter => new SourceHost(
            adapter, new GrainSourceSink(region.Grains), region.Members, Options, NoMeters.Metrics, TimeProvider.System, NullLogger<SourceHost>.Instance)
            .RunAsync(stopping.Token))];
        foreach (Step step in steps)
        {
            await DoAsync(step);
        }
        await SettleAsync();
        await stopping.CancelAsync();
        await Task.WhenAll(hosts);
    }

    private async Task DoAsync(Step step)
    {
        switch (step)
        {
            case Step.Replace replace:
                ServicePart part = Part(replace);
                parts[adapters[replace.Source].Source][part.Service] = part;
                adapters[replace.Source].Replace(part);
                break;
            case Step.Remove remove:
                parts[adapters[remove.Source].Source].Remove(Service(remove.Service));
                adapters[remove.Source].Remove(Service(remove.Service));
                break;
            case Step.Fail fail:
                adapters[fail.Source].Fail();
                break;
            case Step.Configure configure:
                Network[] objects = [.. Enumerable.Range(0, configure.Networks).Select(index => new Network { Name = $"{name}-net-{index}", Origin = adapters[configure.Source].Source })];
                networks[adapters[configure.Source].Source] = objects;
                adapters[configure.Source].Configure(objects);
                break;
            case Step.LetThrough:
                await Task.WhenAll(adapters.Select(adapter => Region.AnsweredAsync(region.Source(adapter.Source).GetRecordAsync)));
                break;
            case Step.Settle:
                await SettleAsync();
                break;
            case Step.KillSource kill:
                await region.KillAsync("source", adapters[kill.Source].Source);
                break;
            case Step.KillService kill:
                await region.KillAsync("service", Service(kill.Service).ToString());
                break;
            case Step.KillShard kill:
                await region.KillAsync("catalog", Shards.Of(Service(kill.Service)));
                break;
            case Step.Kill kill:
                await region.KillAsync(kill.GrainType, kill.Key);
                break;
        }
    }

    // One of the services is over TCP, and so has a loopback port.
    private ServicePart Part(Step.Replace replace) => Samples.Part(
        Service(replace.Service).Name,
        [replace.Service == 0 ? new ServicePort("db", 5432, Protocol.Tcp) : Samples.Http],
        $"10.{replace.Source}.{replace.Service}.{replace.Address}");

    private ServiceId Service(int index) => Samples.Service($"{name}-{index}");

    /// <summary>Waits until both this silo and one that begins now know just what the sources say.</summary>
    private async Task SettleAsync()
    {
        string expected = Expected();
        await Eventually.Until(() => Describe(region.Current.Services.Values, region.Current.Configuration) == expected, Deadline, () => Difference(expected));
        await Eventually.Until(() => adapters.All(adapter => region.Current.Sources.TryGetValue(adapter.Source, out SourceRecord? source) && source.State == SourceState.Live), Deadline);
        await Eventually.Until(async () => await AskAsync() == expected, Deadline, () => $"the shards have something else than {expected}");
    }

    private async Task<string> AskAsync()
    {
        CatalogChanges[] shards = await Task.WhenAll(
            Shards.OfServices.Append(Shards.Meta).Select(shard => Region.AnsweredAsync(() => region.Grains.GetGrain<ICatalogGrain>(shard).ChangesSinceAsync("", 0, default))));
        CatalogRecord[] records = [.. shards.SelectMany(shard => shard.Records).Where(record => !record.Deleted)];
        return Describe(records.OfType<ServiceRecord>(), records.OfType<ConfigRecord>().SingleOrDefault());
    }

    private string Difference(string expected) =>
        $"expected {expected}, the catalog has {Describe(region.Current.Services.Values, region.Current.Configuration)}, the sources are {string.Join(", ", region.Current.Sources.Values.Select(source => $"{source.Source} {source.State}"))}";

    private string Expected()
    {
        IEnumerable<string> services =
            from service in parts.Values.SelectMany(source => source.Keys).Distinct().Order()
            let own = parts.Where(source => source.Value.ContainsKey(service)).Select(source => source.Value[service])
            select $"{service} {own.First().Ports[0].Port}: {string.Join(' ', own.SelectMany(part => part.Endpoints).Select(endpoint => endpoint.Address))}";
        IEnumerable<string> objects = networks.Values.SelectMany(source => source).DistinctBy(network => network.Name).OrderBy(network => network.Name, StringComparer.Ordinal)
            .Select(network => $"{network.Name} of {network.Origin}");
        return string.Join("; ", services.Concat(objects));
    }

    private string Describe(IEnumerable<ServiceRecord> services, ConfigRecord? configuration) => string.Join("; ",
        services.Where(service => service.Service.Name.StartsWith($"{name}-", StringComparison.Ordinal)).OrderBy(service => service.Service)
            .Select(service => $"{service.Service} {service.Ports[0].Port}: {string.Join(' ', service.Endpoints.Select(endpoint => endpoint.Address))}")
            .Concat((configuration?.Objects.OfType<Network>() ?? []).Where(network => network.Name.StartsWith($"{name}-", StringComparison.Ordinal))
                .Select(network => $"{network.Name} of {network.Origin}")));
}
