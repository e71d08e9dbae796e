using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Reach;

namespace ControlPlane.Grains.Reach;

/// <summary>
/// Which addresses of gateways callers of a network are kept from: those that most of the network's probers call down. A prober that is silent, or that sees
/// everything fail, is not asked; a network without probers keeps its last verdicts. Times are those of a clock that only goes forward, except where people
/// read them.
/// </summary>
internal sealed class ProbeVerdicts
{
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromMinutes(10);
    private readonly SortedDictionary<string, Prober> probers = new(StringComparer.Ordinal);
    private readonly SortedDictionary<(AddressKey Address, string Network), WithdrawnAddress> withdrawn;
    private Dictionary<string, RegionGateway>? gateways;

    /// <param name="earlier">The verdicts from before.</param>
    public ProbeVerdicts(IEnumerable<WithdrawnAddress> earlier)
    {
        withdrawn = new SortedDictionary<(AddressKey Address, string Network), WithdrawnAddress>(Comparer<(AddressKey Address, string Network)>.Create(
            (left, right) => left.Address.CompareTo(right.Address) is not 0 and var order ? order : string.CompareOrdinal(left.Network, right.Network)));
        foreach (WithdrawnAddress address in earlier)
        {
            withdrawn[(AddressKey.Of(address), address.Network)] = address;
        }
    }

    /// <summary>In the order of gateway, host, port and network.</summary>
    public ValueList<WithdrawnAddress> Withdrawn => withdrawn.Values.ToValueList();

    public ValueList<ProberStatus> StatusAt(TimeSpan now) => probers.Values.Select(prober => prober.StatusAt(now)).ToValueList();

    /// <summary>Takes a round of a prober.</summary>
    public void Hear(ProbeReport report, TimeSpan now, DateTimeOffset wallClock)
    {
        foreach (string silent in probers.Where(pair => pair.Value.IsLost(now) && pair.Value.SilentFor(now) > ForgottenAfter).Select(pair => pair.Key).ToArray())
        {
            probers.Remove(silent);
        }
        if (!probers.TryGetValue(report.Prober, out Prober? prober) || prober.Network != report.Network)
        {
            probers[report.Prober] = prober = new Prober(report.Prober, report.Network);
        }
        ProbeResult[] results = [.. report.Results.Where(result => IsDeclared(AddressKey.Of(result), report.Network)).DistinctBy(AddressKey.Of)];
        prober.Hear(report, results, address => withdrawn.ContainsKey((address, report.Network)), now, wallClock);
        if (prober.IsBlind)
        {
            return;
        }
        Prober[] asked = [.. probers.Values.Where(other => other.Network == report.Network && !other.IsLost(now)).OrderByDescending(other => other == prober)];
        foreach (ProbeResult result in results)
        {
            Judge(AddressKey.Of(result), report.Network, asked, wallClock);
        }
    }

    /// <summary>Takes the gateways there are: verdicts of addresses that are gone are dropped, and those of a changed gateway that no prober is there to renew.</summary>
    public void Declare(IEnumerable<RegionGateway> declared, TimeSpan now)
    {
        Dictionary<string, RegionGateway>? before = gateways;
        gateways = declared.ToDictionary(gateway => gateway.Name, StringComparer.Ordinal);
        foreach ((AddressKey address, string network) in withdrawn.Keys.ToArray())
        {
            bool isChanged = before?.GetValueOrDefault(address.Gateway) is { } earlier && gateways.TryGetValue(address.Gateway, out RegionGateway? later) && !IsSame(earlier, later);
            if (!IsDeclared(address, network) || (isChanged && !probers.Values.Any(prober => prober.Network == network && !prober.IsLost(now))))
            {
                withdrawn.Remove((address, network));
            }
        }
    }

    private static bool IsSame(RegionGateway one, RegionGateway other) => one with { Origin = other.Origin } == other;

    private bool IsDeclared(AddressKey address, string network) => gateways is null
        || (gateways.TryGetValue(address.Gateway, out RegionGateway? gateway)
            && gateway.Addresses.Any(declared => declared.Host == address.Host && declared.Port == address.Port && declared.IsReachableFrom(network)));

    private void Judge(AddressKey address, string network, Prober[] asked, DateTimeOffset wallClock)
    {
        Prober[] speaking = [.. asked.Where(prober => prober.IsDown(address) is not null)];
        int down = speaking.Count(prober => prober.IsDown(address) == true);
        if (down * 2 <= speaking.Length)
        {
            withdrawn.Remove((address, network));
        }
        else if (!withdrawn.ContainsKey((address, network)))
        {
            string reason = speaking.Where(prober => prober.IsDown(address) == true).Select(prober => prober.ReasonOf(address)).FirstOrDefault(reason => reason is not null) ?? "no answer";
            withdrawn[(address, network)] = new WithdrawnAddress(address.Gateway, address.Host, address.Port, network, reason, wallClock);
        }
    }
}
