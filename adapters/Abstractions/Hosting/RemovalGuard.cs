using System.Globalization;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Hosting;

/// <summary>
/// Doubts a full reading in which more of a source's endpoints are gone than may vanish at once, until a second reading in a row says so too: a registry
/// that answers with half of the truth must not empty a fleet.
/// </summary>
/// <param name="maxPercent">Of its endpoints, 0 to 100.</param>
/// <param name="known">How many endpoints are known of it before its first reading.</param>
internal sealed class RemovalGuard(int maxPercent, int known)
{
    private bool isFirst = true;
    private bool hasDoubted;

    /// <summary>What is wrong with a reading, in words; null: it is believed.</summary>
    public string? Doubts(IReadOnlyDictionary<ServiceId, ServicePart> parts, IReadOnlyDictionary<ServiceId, ServicePart> reading)
    {
        (int before, int gone) = isFirst
            ? (known, known - reading.Values.Sum(part => part.Endpoints.Count))
            : (parts.Values.Sum(part => part.Endpoints.Count), parts.Values.Sum(part => Gone(part, reading.GetValueOrDefault(part.Service))));
        if (!hasDoubted && (long)gone * 100 > (long)before * maxPercent)
        {
            hasDoubted = true;
            return string.Create(CultureInfo.InvariantCulture, $"{gone} of {before} endpoints are gone in one reading: it is read again before that is believed");
        }
        hasDoubted = isFirst = false;
        return null;
    }

    private static int Gone(ServicePart before, ServicePart? now)
    {
        if (now is null)
        {
            return before.Endpoints.Count;
        }
        if (ReferenceEquals(before, now) || before.Endpoints == now.Endpoints)
        {
            return 0;
        }
        HashSet<(string, ValueList<int>)> there = [.. now.Endpoints.Select(endpoint => (endpoint.Address, endpoint.Ports))];
        return before.Endpoints.Count(endpoint => !there.Contains((endpoint.Address, endpoint.Ports)));
    }
}
