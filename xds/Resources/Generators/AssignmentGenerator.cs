using System.Collections.Immutable;
using ControlPlane.Model;
using ControlPlane.Routing;
using ControlPlane.Xds.Resources.Naming;
using ControlPlane.Xds.Resources.Wire;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>
/// The ClusterLoadAssignment of a service's port for a view. Written straight to bytes: this is what changes all the time.
/// Not for use by two threads at once.
/// </summary>
/// <remarks>
/// Field numbers are those of envoy.config.endpoint.v3.ClusterLoadAssignment. Two kinds: plain, where tiers are priorities and Envoy computes the
/// shares; and computed, for clients without overprovisioning, for gateways, and where a policy gives shares or a gateway is one host for many, where one
/// priority holds all that has load, by weight.
/// </remarks>
internal sealed class AssignmentGenerator(ViewRouter router)
{
    // With this factor Envoy adds no formula of its own to weights that are computed here.
    private const int NoOverprovisioning = 100_000;
    private const int ComputedScale = 10_000;
    private const int DefaultOverprovisioning = 140;

    private readonly ProtoWriter writer = new();
    // Whoever passes bytes on wraps none.
    private readonly bool isTls = router.View is { HasIdentity: true, Role: CallerRole.Proxy or CallerRole.Internal } view
        && router.Topology.MeshNamed(view.Mesh) is { HasCertificates: true };
    private string name = "";

    public ViewRouter Router => router;

    /// <summary>The bytes of the assignment; they are valid until the next call.</summary>
    /// <param name="isDirect">Whether only direct paths count.</param>
    /// <param name="stale">Clusters of which nothing new is known for too long; null: none.</param>
    /// <param name="hold">Holds back load from what has just recovered; null: nothing does.</param>
    public ReadOnlySpan<byte> Generate(
        string envoyCluster, ServiceId service, ReadOnlySpan<Endpoint> endpoints, int port, EffectivePolicy policy, bool isDirect = false, IReadOnlySet<string>? stale = null, Func<RoutePlan, RoutePlan>? hold = null)
    {
        name = envoyCluster;
        RoutePlan plan = router.Plan(service, endpoints, port, policy, isDirect, stale);
        plan = hold is null ? plan : hold(plan);
        writer.Clear();
        writer.Text(1, name);
        if (router.View.IsProxyless || router.View.Role.IsGateway() || plan.IsComputed(policy.Overprovisioning))
        {
            WriteComputed(plan, port, policy);
        }
        else
        {
            WritePlain(plan, port, policy);
        }
        return writer.Written;
    }

    private void WritePlain(RoutePlan plan, int port, EffectivePolicy policy)
    {
        for (int priority = 0; priority < plan.Tiers.Length; priority++)
        {
            ImmutableArray<TierLocality> localities = plan.Tiers[priority].Localities;
            int shift = ShiftToFit(localities.Sum(locality => locality.Weight));
            foreach (TierLocality locality in localities)
            {
                WriteLocality(locality, port, priority, (uint)Math.Max(1, locality.Weight >> shift), plan.DrainingServes);
            }
        }
        WriteOverprovisioning(policy.Overprovisioning);
    }

    private void WriteComputed(RoutePlan plan, int port, EffectivePolicy policy)
    {
        ImmutableArray<int> loads = plan.Loads(policy.Overprovisioning);
        bool anyLoad = loads.Any(load => load > 0);
        var loaded = new List<(TierLocality Locality, double Weight)>();
        for (int i = 0; i < plan.Tiers.Length; i++)
        {
            if (loads[i] > 0)
            {
                AddTier(loaded, plan.Tiers[i], plan.Tiers[i].Parts(plan.DrainingServes), loads[i]);
            }
        }
        foreach ((TierLocality locality, double weight) in loaded)
        {
            WriteLocality(locality, port, 0, (uint)Math.Max(1, weight), plan.DrainingServes);
        }
        int priority = anyLoad ? 1 : 0;
        for (int i = 0; i < plan.Tiers.Length; i++)
        {
            if (loads[i] == 0)
            {
                int shift = ShiftToFit(plan.Tiers[i].Localities.Sum(locality => locality.Weight));
                foreach (TierLocality locality in plan.Tiers[i].Localities)
                {
                    WriteLocality(locality, port, priority, (uint)Math.Max(1, locality.Weight >> shift), plan.DrainingServes);
                }
                priority++;
            }
        }
        WriteOverprovisioning(NoOverprovisioning);
    }

    private static void AddTier(List<(TierLocality Locality, double Weight)> loaded, Tier tier, ImmutableArray<double> parts, int load)
    {
        int earlier = loaded.Count;
        foreach ((TierLocality locality, double part) in tier.Localities.Zip(parts))
        {
            double weight = part * load * (ComputedScale / 100);
            // A locality of two tiers, which a policy parts by cluster, is there once: twice in a priority, Envoy would ignore the weights of both.
            int same = loaded.FindIndex(0, earlier, item => item.Locality.Locality == locality.Locality);
            if (same < 0)
            {
                loaded.Add((locality, weight));
                continue;
            }
            (TierLocality other, double known) = loaded[same];
            loaded[same] = (other with
            {
                Weight = other.Weight + locality.Weight,
                Endpoints = other.Endpoints.AddRange(locality.Endpoints),
                Gateways = other.Gateways.AddRange(locality.Gateways),
            }, known + weight);
        }
    }

    private void WriteOverprovisioning(int factor)
    {
        if (factor != DefaultOverprovisioning)
        {
            int value = ProtoWriter.SizeOfVarint(1, (ulong)factor);
            writer.Head(4, ProtoWriter.SizeOfMessage(3, value));
            writer.Head(3, value);
            writer.Varint(1, (ulong)factor);
        }
    }

    private void WriteLocality(TierLocality tier, int port, int priority, uint weight, bool drainingServes)
    {
        // Weights of one locality must not overflow together either.
        long scale = ScaleOf(tier);
        int shift = ShiftToFit(tier.Weight * scale);
        int size = ProtoWriter.SizeOfMessage(1, SizeOf(tier.Locality));
        foreach (Endpoint endpoint in tier.Endpoints)
        {
            size += ProtoWriter.SizeOfMessage(2, new HostSizes(HostOf(endpoint, port, scale, shift, drainingServes)).LbEndpoint);
        }
        foreach (Host host in HostsOf(tier, scale, shift, drainingServes))
        {
            size += ProtoWriter.SizeOfMessage(2, new HostSizes(host).LbEndpoint);
        }
        int weightSize = ProtoWriter.SizeOfVarint(1, weight);
        size += ProtoWriter.SizeOfMessage(3, weightSize) + (priority > 0 ? ProtoWriter.SizeOfVarint(5, (ulong)priority) : 0);
        writer.Head(2, size);
        WriteLocality(tier.Locality);
        foreach (Endpoint endpoint in tier.Endpoints)
        {
            WriteHost(HostOf(endpoint, port, scale, shift, drainingServes));
        }
        foreach (Host host in HostsOf(tier, scale, shift, drainingServes))
        {
            WriteHost(host);
        }
        writer.Head(3, weightSize);
        writer.Varint(1, weight);
        if (priority > 0)
        {
            writer.Varint(5, (ulong)priority);
        }
    }

    // What makes whole numbers of the weights of gateways that have several addresses.
    private static long ScaleOf(TierLocality tier)
    {
        long scale = 1;
        foreach (GatewayTarget gateway in tier.Gateways)
        {
            int addresses = gateway.Path.Addresses.Length;
            bool isWhole = gateway.Weight * scale % addresses == 0 && Divides(gateway, scale, addresses);
            scale = isWhole ? scale : scale * addresses;
        }
        return scale;
    }

    private static bool Divides(GatewayTarget gateway, long scale, int addresses) =>
        gateway.HealthyWeight(drainingServes: false) * scale % addresses == 0 && gateway.HealthyWeight(drainingServes: true) * scale % addresses == 0;

    private Host HostOf(Endpoint endpoint, int port, long scale, int shift, bool drainingServes) => new(
        endpoint.Address,
        endpoint.IsFunction ? 0 : endpoint.Ports[port],
        // A socket address, or the internal listener that calls the function.
        endpoint.IsFunction ? EnvoyNames.Function(name, endpoint.Address) : null,
        StatusOf(endpoint.Health, drainingServes),
        (uint)Math.Max(1, endpoint.Weight * scale >> shift),
        isTls && endpoint.Speaks == Speaks.Mtls);

    private IEnumerable<Host> HostsOf(TierLocality tier, long scale, int shift, bool drainingServes) =>
        from gateway in tier.Gateways
        let healthy = gateway.HealthyWeight(drainingServes)
        let weight = (healthy > 0 ? healthy : gateway.Weight) * scale / gateway.Path.Addresses.Length
        from address in gateway.Path.Addresses
        select new Host(address.Address.ToString(), address.Port, null, StatusOf(gateway, healthy), (uint)Math.Max(1, weight >> shift), isTls);

    private static int StatusOf(GatewayTarget gateway, long healthyWeight) =>
        healthyWeight > 0 || gateway.StandsBy ? StatusHealthy
        : gateway.Endpoints.Any(endpoint => endpoint.Health == Health.Degraded) ? StatusDegraded
        : StatusUnhealthy;

    private static int SizeOf(Locality locality) =>
        (locality.Region.Length > 0 ? ProtoWriter.SizeOfText(1, locality.Region) : 0)
        + (locality.Zone.Length > 0 ? ProtoWriter.SizeOfText(2, locality.Zone) : 0)
        + (locality.SubZone.Length > 0 ? ProtoWriter.SizeOfText(3, locality.SubZone) : 0);

    private void WriteLocality(Locality locality)
    {
        writer.Head(1, SizeOf(locality));
        if (locality.Region.Length > 0)
        {
            writer.Text(1, locality.Region);
        }
        if (locality.Zone.Length > 0)
        {
            writer.Text(2, locality.Zone);
        }
        if (locality.SubZone.Length > 0)
        {
            writer.Text(3, locality.SubZone);
        }
    }

    private void WriteHost(in Host host)
    {
        var sizes = new HostSizes(host);
        writer.Head(2, sizes.LbEndpoint);
        writer.Head(1, sizes.Endpoint);
        writer.Head(1, sizes.Address);
        if (host.Listener is { } listener)
        {
            writer.Head(3, sizes.AddressContent);
            writer.Text(1, listener);
            writer.Text(2, host.Address);
        }
        else
        {
            writer.Head(1, sizes.AddressContent);
            writer.Text(2, host.Address);
            writer.Varint(3, (ulong)host.Port);
        }
        writer.Varint(2, (ulong)host.Status);
        if (host.IsTls)
        {
            writer.Raw(TransportSockets.MtlsMetadata);
        }
        if (sizes.Weight > 0)
        {
            writer.Head(4, sizes.WeightValue);
            writer.Varint(1, host.Weight);
        }
    }

    private static int StatusOf(Health health, bool drainingServes) => health switch
    {
        Health.Unhealthy => StatusUnhealthy,
        Health.Draining => drainingServes ? StatusHealthy : 3,
        Health.Degraded => StatusDegraded,
        _ => StatusHealthy,
    };

    private const int StatusHealthy = 1;
    private const int StatusUnhealthy = 2;
    private const int StatusDegraded = 5;

    // How far weights are shifted so that their sum stays within 32 bits, with room for those that are rounded up to 1.
    private static int ShiftToFit(long sum)
    {
        int shift = 0;
        while (sum >> shift > uint.MaxValue / 2)
        {
            shift++;
        }
        return shift;
    }

    /// <summary>What Envoy sees as one host.</summary>
    private readonly record struct Host(string Address, int Port, string? Listener, int Status, uint Weight, bool IsTls);

    /// <summary>The lengths of the messages around a host, from the inside out.</summary>
    private readonly ref struct HostSizes
    {
        public HostSizes(in Host host)
        {
            AddressContent = ProtoWriter.SizeOfText(2, host.Address)
                + (host.Listener is null ? ProtoWriter.SizeOfVarint(3, (ulong)host.Port) : ProtoWriter.SizeOfText(1, host.Listener));
            Address = ProtoWriter.SizeOfMessage(1, AddressContent);
            Endpoint = ProtoWriter.SizeOfMessage(1, Address);
            WeightValue = ProtoWriter.SizeOfVarint(1, host.Weight);
            // Without one a host has the weight 1, as nearly all do.
            Weight = host.Weight == 1 ? 0 : ProtoWriter.SizeOfMessage(4, WeightValue);
            LbEndpoint = ProtoWriter.SizeOfMessage(1, Endpoint) + ProtoWriter.SizeOfVarint(2, (ulong)host.Status)
                + (host.IsTls ? TransportSockets.MtlsMetadata.Length : 0) + Weight;
        }

        public int AddressContent { get; }

        public int Address { get; }

        public int Endpoint { get; }

        public int WeightValue { get; }

        public int Weight { get; }

        public int LbEndpoint { get; }
    }
}
