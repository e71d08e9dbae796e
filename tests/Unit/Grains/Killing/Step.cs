using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Configuration;
using ControlPlane.Grains.Reach;
using ControlPlane.Grains.Sources;
using FsCheck;
using FsCheck.Fluent;

namespace ControlPlane.Tests.Unit.Grains.Killing;

/// <summary>Something that happens in a sequence.</summary>
internal abstract record Step
{
    private const int Sources = 3;
    private const int Services = 3;

    public static Gen<Step> Any { get; } = Gen.Frequency(
        (6, from source in Gen.Choose(0, Sources - 1)
            from service in Gen.Choose(0, Services - 1)
            from address in Gen.Choose(1, 3)
            select (Step)new Replace(source, service, address)),
        (2, from source in Gen.Choose(0, Sources - 1) from service in Gen.Choose(0, Services - 1) select (Step)new Remove(source, service)),
        (1, from source in Gen.Choose(0, Sources - 1) select (Step)new Fail(source)),
        (1, from source in Gen.Choose(0, Sources - 1) from networks in Gen.Choose(0, 2) select (Step)new Configure(source, networks)),
        (3, Gen.Constant((Step)new LetThrough())),
        (1, Gen.Constant((Step)new Settle())),
        (5, Gen.Elements<Step>([
            .. Enumerable.Range(0, Sources).Select(source => new KillSource(source)),
            .. Enumerable.Range(0, Services).SelectMany(service => new Step[] { new KillService(service), new KillShard(service) }),
            new Kill("catalog", Shards.Meta), new Kill("config", IConfigGrain.Key), new Kill("reach", IReachGrain.Key), new Kill("sources", ISourceDirectoryGrain.Key),
            new Kill("loopback", "default"), new Kill("cluster", Samples.Cluster)])));

    /// <summary>A service has one endpoint of the source, at one of a few addresses, so that it also goes back to one that it had.</summary>
    public sealed record Replace(int Source, int Service, int Address) : Step;

    public sealed record Remove(int Source, int Service) : Step;

    /// <summary>The source goes stale, and begins anew.</summary>
    public sealed record Fail(int Source) : Step;

    public sealed record Configure(int Source, int Networks) : Step;

    /// <summary>Lets the sources be heard once.</summary>
    public sealed record LetThrough : Step;

    /// <summary>Waits until the catalog is as it must be.</summary>
    public sealed record Settle : Step;

    public sealed record KillSource(int Source) : Step;

    public sealed record KillService(int Service) : Step;

    public sealed record KillShard(int Service) : Step;

    public sealed record Kill(string GrainType, string Key) : Step;
}
