using ControlPlane.Model;
using ControlPlane.Model.Reach;

namespace ControlPlane.Grains.Reach;

/// <summary>What one prober has said, and its verdict of each address: three failures in a row, or two successes, change it.</summary>
internal sealed class Prober(string name, string network)
{
    private const int Failures = 3;
    private const int Successes = 2;
    private const int MissedIntervals = 3;
    private readonly Dictionary<AddressKey, ProbedAddress> addresses = [];
    private ProbeReport? last;
    private DateTimeOffset lastReport;
    private TimeSpan heard;

    public string Network => network;

    /// <summary>In its last round everything failed.</summary>
    public bool IsBlind { get; private set; }

    /// <summary>How long ago it has spoken.</summary>
    public TimeSpan SilentFor(TimeSpan now) => now - heard;

    public bool IsLost(TimeSpan now) => last is null || SilentFor(now) > last.Interval * MissedIntervals;

    /// <summary>Takes a round.</summary>
    /// <param name="results">Those that count.</param>
    /// <param name="isWithdrawn">The verdict that is in force: what it begins with, when it is new or was lost.</param>
    /// <param name="now">By a clock that only goes forward.</param>
    public void Hear(ProbeReport report, IReadOnlyList<ProbeResult> results, Func<AddressKey, bool> isWithdrawn, TimeSpan now, DateTimeOffset wallClock)
    {
        if (IsLost(now))
        {
            addresses.Clear();
        }
        (last, heard, lastReport) = (report, now, wallClock);
        IsBlind = results.Count > 0 && !results.Any(result => result.Ok);
        foreach (AddressKey gone in addresses.Keys.Except(results.Select(AddressKey.Of)).ToArray())
        {
            addresses.Remove(gone);
        }
        foreach (ProbeResult result in results)
        {
            AddressKey key = AddressKey.Of(result);
            ProbedAddress before = addresses.GetValueOrDefault(key) ?? new ProbedAddress(result, isWithdrawn(key), wallClock, 0);
            addresses[key] = IsBlind ? before with { Last = result, Row = 0 } : Next(before, result, wallClock);
        }
    }

    /// <summary>Whether it says that an address is down; null: it says nothing of it.</summary>
    public bool? IsDown(AddressKey address) => IsBlind || !addresses.TryGetValue(address, out ProbedAddress? probed) ? null : probed.IsDown;

    /// <summary>Why its last round failed there.</summary>
    public string? ReasonOf(AddressKey address) => addresses.GetValueOrDefault(address)?.Last is { Ok: false, Reason: var reason } ? reason : null;

    public ProberStatus StatusAt(TimeSpan now) => new(
        name, network, last?.Locality ?? Locality.Unknown, last?.Interval ?? default, lastReport, IsLost(now), IsBlind,
        addresses.OrderBy(pair => pair.Key).Select(pair => pair.Value).ToValueList());

    private static ProbedAddress Next(ProbedAddress before, ProbeResult result, DateTimeOffset wallClock)
    {
        int row = result.Ok == before.IsDown ? before.Row + 1 : 0;
        return row >= (before.IsDown ? Successes : Failures)
            ? new ProbedAddress(result, !before.IsDown, wallClock, 0)
            : before with { Last = result, Row = row };
    }
}
