using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Reach;
using Orleans.Concurrency;

namespace ControlPlane.Grains.Reach;

/// <summary>What is known of the ways to gateways: probed, resolved and measured. There is one, with the key <see cref="Key"/>.</summary>
[Alias("cp.IReachGrain")]
public interface IReachGrain : IGrainWithStringKey
{
    const string Key = "region";

    /// <summary>Takes a round of a prober. What follows from it is stored when this returns.</summary>
    [Alias("Report")]
    Task ReportAsync(ProbeReport report);

    /// <summary>Takes all gateways there are, and what their host names resolve to.</summary>
    /// <param name="hosts">Those that were resolved now: of the others the last good answer is kept.</param>
    [Alias("Declare")]
    Task DeclareAsync(ValueList<RegionGateway> gateways, ValueList<ResolvedHost> hosts);

    [AlwaysInterleave, Alias("Get")]
    Task<ReachStatus> GetAsync();
}
