using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;
using Orleans.Concurrency;

namespace ControlPlane.Grains.Clusters;

/// <summary>A cluster: its object and the sources that report it. Not on the way of a change. The key is its name.</summary>
[Alias("cp.IClusterGrain")]
public interface IClusterGrain : IGrainWithStringKey
{
    [Alias("SetObject")]
    Task SetObjectAsync(Cluster cluster);

    [Alias("ReportSource")]
    Task ReportSourceAsync(SourceRecord source);

    [AlwaysInterleave, Alias("Get")]
    Task<ClusterStatus> GetAsync();
}

/// <summary>A cluster and how well it is known.</summary>
/// <param name="Declared">Null: sources report it, but nobody has declared it.</param>
/// <param name="State">The worst of its sources.</param>
[GenerateSerializer, Immutable, Alias("cp.ClusterStatus")]
public sealed record ClusterStatus(
    [property: Id(0)] string Name,
    [property: Id(1)] Cluster? Declared,
    [property: Id(2)] SourceState State,
    [property: Id(3)] ValueList<SourceRecord> Sources,
    [property: Id(4)] int Services,
    [property: Id(5)] int Endpoints);

/// <inheritdoc cref="IClusterGrain"/>
[GrainType("cluster")]
public sealed class ClusterGrain : Grain, IClusterGrain
{
    private readonly SortedDictionary<string, SourceRecord> sources = new(StringComparer.Ordinal);
    private Cluster? declared;

    private string Name => this.GetPrimaryKeyString();

    public Task SetObjectAsync(Cluster cluster)
    {
        declared = cluster;
        return Task.CompletedTask;
    }

    public Task ReportSourceAsync(SourceRecord source)
    {
        if (sources.TryGetValue(source.Source, out SourceRecord? known) && source.Version < known.Version)
        {
            return Task.CompletedTask;
        }
        if (source.Deleted || source.Clusters.All(share => share.Cluster != Name))
        {
            sources.Remove(source.Source);
        }
        else
        {
            sources[source.Source] = source;
        }
        return Task.CompletedTask;
    }

    public Task<ClusterStatus> GetAsync()
    {
        ClusterShare[] shares = [.. sources.Values.SelectMany(source => source.Clusters).Where(share => share.Cluster == Name)];
        return Task.FromResult(new ClusterStatus(
            Name,
            declared,
            sources.Count == 0 ? SourceState.Lost : sources.Values.Max(source => source.State),
            sources.Values.ToValueList(),
            shares.Sum(share => share.Services),
            shares.Sum(share => share.Endpoints)));
    }
}
