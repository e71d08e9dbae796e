using ControlPlane.Grains.Sources;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;

namespace ControlPlane.Tests.Unit.Grains;

/// <summary>Reports under the lease of a source.</summary>
internal sealed class Holder(ISourceGrain grain, LeaseResult lease)
{
    public LeaseResult Lease => lease;

    public static async Task<Holder> AcquireAsync(ISourceGrain grain, string holder) => new(grain, await grain.AcquireAsync(holder));

    /// <summary>The whole of what the source has.</summary>
    public Task<ReportResult> SyncAsync(params ServicePart[] parts) =>
        grain.ReportAsync(new SourceReport { Epoch = lease.Epoch, State = SourceState.Live, IsWhole = true, Replaced = parts.ToValueList() });

    public Task<ReportResult> ReplaceAsync(params ServicePart[] parts) => ReplaceAsync(SourceState.Live, "", parts);

    public Task<ReportResult> ReplaceAsync(SourceState state, string reason, params ServicePart[] parts) =>
        grain.ReportAsync(new SourceReport { Epoch = lease.Epoch, State = state, Reason = reason, Replaced = parts.ToValueList() });

    public Task<ReportResult> RemoveAsync(params ServiceId[] services) =>
        grain.ReportAsync(new SourceReport { Epoch = lease.Epoch, State = SourceState.Live, Removed = services.ToValueList() });

    public Task<ReportResult> ConfigureAsync(params ConfigObject[] objects) =>
        grain.ReportAsync(new SourceReport { Epoch = lease.Epoch, State = SourceState.Live, Configuration = objects.ToValueList() });

    public Task ReleaseAsync() => grain.ReleaseAsync(lease.Epoch);
}
