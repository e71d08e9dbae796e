using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary>Finds objects that are right by themselves and wrong together.</summary>
internal sealed class MutualCheck(IReadOnlyCollection<DecodedObject> objects)
{
    public IEnumerable<Problem> Check() => [.. SharedAddresses(), .. SharedTrustDomains(), .. GatewaysOfPolicies(), .. SharedPairs()];

    private IEnumerable<(DecodedObject Item, T Config)> Of<T>()
        where T : ConfigObject =>
        objects.Where(item => item.Config is T).Select(item => (item, (T)item.Config!));

    // The same address may be there in two networks; to one caller it has to be one gateway.
    private IEnumerable<Problem> SharedAddresses()
    {
        var known = new Dictionary<(string Host, int Port), List<(DecodedObject Item, GatewayAddress Address)>>();
        foreach ((DecodedObject item, RegionGateway gateway) in Of<RegionGateway>())
        {
            foreach ((int index, GatewayAddress address) in gateway.Addresses.Index())
            {
                if (!known.TryGetValue((address.Host, address.Port), out List<(DecodedObject Item, GatewayAddress Address)>? others))
                {
                    known.Add((address.Host, address.Port), others = []);
                }
                if (others.FirstOrDefault(other => other.Item != item && Meet(other.Address, address)) is { Item: { } other })
                {
                    yield return new Problem(item.Where, $"spec.addresses[{index}].host",
                        $"{address.Host} with port {address.Port} is also that of {other.Where}, for callers of the same network: correct or remove one");
                }
                others.Add((item, address));
            }
        }
    }

    private static bool Meet(GatewayAddress left, GatewayAddress right) => left.From.IsEmpty || right.From.IsEmpty || left.From.Any(right.From.Contains);

    private IEnumerable<Problem> SharedTrustDomains()
    {
        var known = new Dictionary<string, DecodedObject>();
        foreach ((DecodedObject item, Mesh mesh) in Of<Mesh>())
        {
            if (!known.TryAdd(mesh.TrustDomain, item))
            {
                yield return new Problem(item.Where, "spec.trustDomain",
                    $"'{mesh.TrustDomain}' is also that of {known[mesh.TrustDomain].Where}, and nobody could tell their workloads apart: give each mesh its own");
            }
        }
    }

    private IEnumerable<Problem> GatewaysOfPolicies()
    {
        Dictionary<string, RegionGateway> gateways = Of<RegionGateway>().DistinctBy(found => found.Config.Name).ToDictionary(found => found.Config.Name, found => found.Config);
        foreach ((DecodedObject item, TrafficPolicy policy) in Of<TrafficPolicy>())
        {
            if (policy.Gateway is not { } name || !gateways.TryGetValue(name, out RegionGateway? gateway))
            {
                continue;
            }
            if (gateway.Role != GatewayRole.EastWest)
            {
                yield return new Problem(item.Where, "spec.gateway", $"'{name}' is no east-west gateway, and only those stand in the way to the endpoints of a network");
            }
            if (policy.Mesh is { } mesh && mesh != gateway.Mesh)
            {
                yield return new Problem(item.Where, "spec.gateway", $"'{name}' is in the mesh '{gateway.Mesh}', the policy is for '{mesh}': name a gateway of that mesh");
            }
        }
    }

    private IEnumerable<Problem> SharedPairs()
    {
        var known = new Dictionary<(string From, string To), DecodedObject>();
        foreach ((DecodedObject item, CostMatrix matrix) in Of<CostMatrix>())
        {
            foreach ((int index, PairCost pair) in matrix.Pairs.Index())
            {
                if (!known.TryAdd((pair.From, pair.To), item) && known[(pair.From, pair.To)] is var other && other != item)
                {
                    yield return new Problem(item.Where, $"spec.pairs[{index}]", $"from '{pair.From}' to '{pair.To}' is also at {other.Where}: remove one");
                }
            }
        }
    }
}
