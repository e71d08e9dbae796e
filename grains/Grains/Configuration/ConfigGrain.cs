using System.Globalization;
using System.IO.Hashing;
using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Clusters;
using ControlPlane.Grains.Storage;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using Orleans.Runtime;

namespace ControlPlane.Grains.Configuration;

/// <summary>The accepted configuration: the objects of all sources that have some. There is one, with the key <see cref="Key"/>.</summary>
[Alias("cp.IConfigGrain")]
public interface IConfigGrain : IGrainWithStringKey
{
    const string Key = "region";

    /// <summary>All objects of one source. They are stored when this returns.</summary>
    [Alias("Report")]
    Task ReportAsync(string source, RecordVersion version, ValueList<ConfigObject> objects);
}

/// <inheritdoc cref="IConfigGrain"/>
[GrainType("config")]
public sealed class ConfigGrain(
    [PersistentState("accepted", GrainStateStorage.Name)] IPersistentState<StoredConfiguration> accepted,
    Epochs epochs, IGrainFactory grains) : Grain, IConfigGrain
{
    private static readonly TimeSpan RepairPeriod = TimeSpan.FromSeconds(2);
    private ConfigRecord? record;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        this.RegisterGrainTimer(_ => PublishAsync(), new GrainTimerCreationOptions(TimeSpan.Zero, RepairPeriod) { KeepAlive = true });
        return Task.CompletedTask;
    }

    public async Task ReportAsync(string source, RecordVersion version, ValueList<ConfigObject> objects)
    {
        if (accepted.State.Sources.TryGetValue(source, out SourceConfiguration? known))
        {
            if (version < known.Version)
            {
                return;
            }
            if (known.Objects == objects)
            {
                await PublishAsync();
                return;
            }
        }
        else if (objects.IsEmpty)
        {
            return;
        }
        if (objects.IsEmpty)
        {
            accepted.State.Sources.Remove(source);
        }
        else
        {
            accepted.State.Sources[source] = new SourceConfiguration(version, objects);
        }
        await accepted.WriteStateAsync();
        record = null;
        await PublishAsync();
    }

    // Also every two seconds: a shard that has forgotten it is told again.
    private async Task PublishAsync()
    {
        record ??= Join() with { Version = await epochs.StampAsync(CancellationToken.None) };
        PublishResult result = await grains.GetGrain<ICatalogGrain>(Shards.Meta).PublishAsync(record);
        if (!result.Accepted)
        {
            await epochs.RaiseAsync(result.Known, CancellationToken.None);
            DeactivateOnIdle();
            return;
        }
        await Task.WhenAll(record.Objects.OfType<Cluster>().Select(cluster => grains.GetGrain<IClusterGrain>(cluster.Name).SetObjectAsync(cluster)));
    }

    // Other regions have networks in common with this one: that they say so is nothing to be mended.
    private static bool IsTheSame(ConfigObject foreign, ConfigObject used) =>
        foreign.Region.Length > 0 && (foreign with { Region = used.Region, Origin = used.Origin }).Equals(used);

    // An object that two sources have is taken from the first by name, and said.
    private ConfigRecord Join()
    {
        var objects = new SortedDictionary<string, ConfigObject>(StringComparer.Ordinal);
        var problems = new List<Problem>();
        foreach ((_, SourceConfiguration configuration) in accepted.State.Sources)
        {
            foreach (ConfigObject item in configuration.Objects)
            {
                if (!objects.TryAdd(item.Reference, item) && !IsTheSame(item, objects[item.Reference]))
                {
                    problems.Add(new Problem(item.Origin, "", $"{item.Reference} is also in {objects[item.Reference].Origin}, which is used: remove one of them"));
                }
            }
        }
        ValueList<ConfigObject> all = objects.Values.ToValueList();
        byte[] text = StateJson.Write(new StoredConfiguration { Sources = { [""] = new SourceConfiguration(default, all) } });
        return new ConfigRecord
        {
            Version = default,
            Revision = XxHash3.HashToUInt64(text).ToString("x16", CultureInfo.InvariantCulture),
            Objects = all,
            Problems = problems.ToValueList(),
        };
    }
}

/// <summary>The stored configuration, by source.</summary>
public sealed class StoredConfiguration
{
    public SortedDictionary<string, SourceConfiguration> Sources { get; set; } = new(StringComparer.Ordinal);
}

public sealed record SourceConfiguration(RecordVersion Version, ValueList<ConfigObject> Objects);
