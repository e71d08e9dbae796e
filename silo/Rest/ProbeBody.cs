using ControlPlane.Adapters.Configuration;
using ControlPlane.Grains.Catalog;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Reach;

namespace ControlPlane.Silo.Rest;

/// <summary>One round of a prober.</summary>
/// <param name="Network">Where it probes from.</param>
/// <param name="IntervalMs">Its next round comes within this time, 100 to 600,000.</param>
/// <param name="Locality">Where it stands; null: that of its cluster.</param>
/// <param name="Cluster">The Cluster object whose locality it has; null: none.</param>
public sealed record ProbeBody(string? Network, int? IntervalMs, RegistrationBody.Place? Locality, string? Cluster, IReadOnlyList<ProbeBody.Result>? Results)
{
    private const int MaxResults = 10_000;
    private const int MaxReason = 300;
    private const double MaxRoundTripMs = 600_000;

    /// <param name="Ok">Whether it answers.</param>
    /// <param name="Reason">Why not, in words.</param>
    /// <param name="RoundTripMs">How long a connection took to be accepted.</param>
    public sealed record Result(string? Gateway, string? Host, int Port, bool Ok, string? Reason, double? RoundTripMs);

    /// <summary>The report, or what is wrong with the fields.</summary>
    public ProbeReport? Read(string prober, CatalogSnapshot snapshot, Dictionary<string, string[]> errors)
    {
        void Check(string field, string? wrong, string? found)
        {
            if (wrong is not null)
            {
                errors[field] = [$"{wrong}; found '{found}'"];
            }
        }
        Check("prober", Names.Identity(prober), prober);
        Check("network", Names.Label(Network ?? ""), Network);
        Check("intervalMs", IntervalMs is >= 100 and <= 600_000 ? null : "expected 100 to 600000", $"{IntervalMs}");
        Cluster? cluster = Cluster is null ? null : snapshot.Objects<Cluster>().FirstOrDefault(item => item.Name == Cluster);
        Check("cluster", Cluster is null || cluster is not null ? null : "expected the name of a Cluster object", Cluster);
        Check("results", Results is null or { Count: <= MaxResults } ? null : $"expected at most {MaxResults} results", $"{Results?.Count}");
        foreach ((int index, Result result) in (Results ?? []).Take(MaxResults).Index())
        {
            Check($"results[{index}].gateway", Names.Label(result.Gateway ?? ""), result.Gateway);
            Check($"results[{index}].host", Names.HostOrAddress(result.Host ?? ""), result.Host);
            Check($"results[{index}].port", result.Port is >= 1 and <= 65535 ? null : "expected 1 to 65535", $"{result.Port}");
            Check($"results[{index}].roundTripMs", result.RoundTripMs is null or (>= 0 and <= MaxRoundTripMs) ? null : "expected milliseconds", $"{result.RoundTripMs}");
        }
        return errors.Count > 0 ? null : new ProbeReport
        {
            Prober = prober,
            Network = Network!,
            Interval = TimeSpan.FromMilliseconds(IntervalMs!.Value),
            Locality = new Locality(Locality?.Region ?? "", Locality?.Zone ?? "", Locality?.SubZone ?? "").Within(cluster?.Locality ?? Model.Locality.Unknown),
            Results = (Results ?? []).Select(result => new ProbeResult(
                result.Gateway!, result.Host!, result.Port, result.Ok, result.Ok ? "" : Short(result.Reason), result.RoundTripMs)).ToValueList(),
        };
    }

    private static string Short(string? reason) => string.IsNullOrWhiteSpace(reason) ? "no answer" : reason.Length <= MaxReason ? reason : reason[..MaxReason];
}
