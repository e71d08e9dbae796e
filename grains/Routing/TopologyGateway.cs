using System.Collections.Immutable;
using System.Net;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Routing;

/// <summary>A gateway, with what is known of its addresses now.</summary>
public sealed class TopologyGateway
{
    private readonly ImmutableArray<(GatewayAddress Declared, IPEndPoint[] Resolved)> addresses;
    private readonly ILookup<(string Host, int Port), WithdrawnAddress> withdrawn;

    internal TopologyGateway(RegionGateway gateway, ReachRecord? reach)
    {
        Declared = gateway;
        addresses = [.. gateway.Addresses.Select(address => (address, Resolve(address, reach)))];
        withdrawn = (reach?.Withdrawn ?? []).Where(item => item.Gateway == gateway.Name).ToLookup(item => (item.Host, item.Port));
    }

    public RegionGateway Declared { get; }

    public string Name => Declared.Name;

    public string Network => Declared.Network;

    public Locality Locality => Declared.Locality;

    /// <summary>Where callers of a network reach it, and what has not failed its probes from there.</summary>
    public ImmutableArray<IPEndPoint> AddressesFrom(string network) => [
        .. addresses.Where(address => address.Declared.IsReachableFrom(network) && WhyWithdrawn(address.Declared, network) is null)
            .SelectMany(address => address.Resolved).Distinct()];

    /// <summary>Why callers of a network cannot reach it, although it has addresses for them; null: it has none, or it can be reached.</summary>
    public string? WhyNotFrom(string network)
    {
        foreach ((GatewayAddress declared, IPEndPoint[] resolved) in addresses.Where(address => address.Declared.IsReachableFrom(network)))
        {
            if (WhyWithdrawn(declared, network) is { } withdrawal)
            {
                return $"gateway withdrawn: {Name} fails its probes from network {network} since {withdrawal.Since:u}: {withdrawal.Reason}";
            }
            if (resolved.Length == 0)
            {
                return $"the address of gateway {Name}, {declared.Host}, is not known yet";
            }
        }
        return null;
    }

    public override string ToString() => Name;

    private WithdrawnAddress? WhyWithdrawn(GatewayAddress address, string network) =>
        withdrawn[(address.Host, address.Port)].FirstOrDefault(item => item.Network == network);

    private static IPEndPoint[] Resolve(GatewayAddress address, ReachRecord? reach) =>
        IPAddress.TryParse(address.Host, out IPAddress? literal)
            ? [new IPEndPoint(literal, address.Port)]
            : [.. (reach?.Hosts ?? []).Where(host => host.Host == address.Host).SelectMany(host => host.Addresses).Select(text => new IPEndPoint(IPAddress.Parse(text), address.Port))];
}
