using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Sources;
using ControlPlane.Routing;
using Endpoint = ControlPlane.Model.Endpoint;

namespace ControlPlane.Silo.Rest.Views;

/// <summary>Where a caller's requests to a service go, and why.</summary>
/// <param name="To">The service, <c>mesh/namespace/name</c>.</param>
/// <param name="Version">The service's, from which this follows.</param>
/// <param name="ExternalName">It is a host name that the proxy resolves: there is nothing to choose.</param>
/// <param name="Policy">What is in force, with the object that set each field.</param>
/// <param name="Tiers">In the order in which they are used.</param>
/// <param name="NotUsed">Endpoints that this caller does not call, with the reason.</param>
/// <param name="Sources">Where the service comes from, and how much that can be believed now.</param>
/// <param name="Proxy">What the proxy has of it; null: the caller is no connected proxy.</param>
public sealed record ExplanationView(
    CallerView From, string To, int Port, string Version, string? ExternalName, EffectivePolicy Policy, IReadOnlyList<TierView> Tiers, IReadOnlyList<NotUsedView> NotUsed,
    IReadOnlyList<SourceStateView> Sources, ProxyAnswerView? Proxy)
{
    public static ExplanationView Of(CallerView from, ServiceRecord service, int port, EffectivePolicy policy, ViewRouter router, CatalogSnapshot catalog, ProxyAnswerView? proxy)
    {
        Explanation explanation = Explanation.Of(router, service.Service, service.Endpoints, port, policy);
        return new(
            from, service.Service.ToString(), service.Ports[port].Port, service.Version.ToString(), service.ExternalName.Length == 0 ? null : service.ExternalName, policy,
            [.. explanation.Tiers.Select(tier => TierView.Of(tier, port, endpoint => Considered(router, service.Service, endpoint, policy)))],
            [
                .. explanation.Unreachable.Select(item => NotUsedView.Of(item.Endpoint, item.Reason)),
                .. explanation.NotCounted.Select(endpoint => NotUsedView.Of(endpoint, "it is starting: it does not count before it has been ready, or has had its grace")),
                .. explanation.NotServing.Select(endpoint => NotUsedView.Of(endpoint, "it does not serve this port")),
            ],
            [.. service.Parts.Select(part => SourceStateView.Of(part, catalog))], proxy);
    }

    private static CandidateView[] Considered(ViewRouter router, ServiceId service, Endpoint endpoint, EffectivePolicy policy) =>
        [.. Candidate.Of(router, service, endpoint, policy).Select(CandidateView.Of)];
}

/// <summary>Who calls.</summary>
/// <param name="Proxy">Its <c>node.id</c>; null: whoever is in that place.</param>
public sealed record CallerView(string? Proxy, string Mesh, string Cluster, string Network, LocalityView Locality);

/// <summary>Places that are called together.</summary>
/// <param name="Why">What puts them here.</param>
/// <param name="Load">Percentage of the requests.</param>
/// <param name="Healthy">Of <paramref name="Declared"/>: from this follows how much load it takes.</param>
public sealed record TierView(string Why, int Load, int Healthy, int Declared, IReadOnlyList<TierLocalityView> Localities)
{
    public static TierView Of(ExplainedTier tier, int port, Func<Endpoint, IReadOnlyList<CandidateView>> considered) => new(
        tier.Ring switch
        {
            TierRing.StandsFor => "what the gateway stands for",
            TierRing.Distributed => "a policy shares requests among these places (distribute)",
            TierRing.SubZone => "the caller's own sub-zone",
            TierRing.Own => "the caller's own place",
            TierRing.Listed => "a policy names it next (failover)",
            TierRing.Region => "elsewhere in the caller's region",
            TierRing.Standby => "gateways that stand by",
            TierRing.Stale => "what is known of it is too old",
            _ => "another region",
        },
        tier.Load, tier.Size.Healthy, tier.Size.Declared, [.. tier.Localities.Select(locality => TierLocalityView.Of(locality, port, considered))]);
}

/// <param name="RoundTripMs">Of a direct call there, in milliseconds.</param>
/// <param name="PricePerGb">US dollars.</param>
/// <param name="Share">Percentage of all requests.</param>
/// <param name="Endpoints">Those that are called directly.</param>
/// <param name="Gateways">Those that are called in the place of endpoints.</param>
public sealed record TierLocalityView(
    LocalityView Locality, double RoundTripMs, double PricePerGb, double Share, IReadOnlyList<CalledEndpointView> Endpoints, IReadOnlyList<CalledGatewayView> Gateways)
{
    public static TierLocalityView Of(ExplainedLocality locality, int port, Func<Endpoint, IReadOnlyList<CandidateView>> considered) => new(
        LocalityView.Of(locality.Locality), locality.Cost.RoundTrip, locality.Cost.Price, Math.Round(locality.Share, 2),
        [.. locality.Endpoints.Select(item => CalledEndpointView.Of(item, port, item.Endpoint.IsFunction ? "function" : "direct"))],
        [.. locality.Gateways.Select(gateway => CalledGatewayView.Of(gateway, port, considered))]);
}

/// <summary>A gateway that is called in the place of endpoints.</summary>
/// <param name="Path">The gateways that are crossed, in their order.</param>
/// <param name="Addresses">Of the first of them.</param>
/// <param name="Healthy">Of <paramref name="Declared"/>, behind it.</param>
/// <param name="Share">Percentage of all requests.</param>
/// <param name="Endpoints">What it stands for. None: it stands by.</param>
/// <param name="Considered">All paths to where most of what it stands for is.</param>
public sealed record CalledGatewayView(
    string Gateway, IReadOnlyList<string> Path, IReadOnlyList<string> Addresses, int Healthy, int Declared, double Share, double RoundTripMs, double PricePerGb,
    IReadOnlyList<CalledEndpointView> Endpoints, IReadOnlyList<CandidateView> Considered)
{
    public static CalledGatewayView Of(ExplainedGateway gateway, int port, Func<Endpoint, IReadOnlyList<CandidateView>> considered)
    {
        GatewayPath path = gateway.Target.Path;
        TierSize size = gateway.Target.Size(drainingServes: false);
        return new CalledGatewayView(
            path.First.Name, [.. path.Hops.Select(hop => hop.Name)], [.. path.Addresses.Select(address => address.ToString())], size.Healthy, size.Declared,
            Math.Round(gateway.Share, 2), path.Cost.RoundTrip, path.Cost.Price,
            [.. gateway.Endpoints.Select(item => CalledEndpointView.Of(item, port, $"through {path}"))],
            gateway.Target.Endpoints.IsEmpty ? [] : considered(gateway.Target.Endpoints[0]));
    }
}

/// <summary>A path that was considered.</summary>
/// <param name="Gateways">None: a direct path.</param>
/// <param name="RoundTripMs">On the way, in milliseconds.</param>
/// <param name="HopsMs">What gateways add, in milliseconds.</param>
/// <param name="PricePerGb">US dollars.</param>
/// <param name="WhyNot">Null: it is used.</param>
public sealed record CandidateView(IReadOnlyList<string> Gateways, double RoundTripMs, double HopsMs, double PricePerGb, string? WhyNot)
{
    public static CandidateView Of(Candidate candidate) =>
        new([.. candidate.Gateways], Math.Round(candidate.RoundTrip, 3), candidate.Hops, Math.Round(candidate.Price, 6), candidate.WhyNot);
}

/// <param name="Share">Percentage of all requests.</param>
/// <param name="Path"><c>direct</c>, <c>function</c> (through the web), or <c>through GATEWAYS</c>.</param>
public sealed record CalledEndpointView(string Address, int Port, string Cluster, Health Health, int Weight, double Share, string Path, string? Workload)
{
    public static CalledEndpointView Of(ExplainedEndpoint item, int port, string path) => new(
        item.Endpoint.Address, item.Endpoint.Ports[port], item.Endpoint.Cluster, item.Endpoint.Health, item.Endpoint.Weight, Math.Round(item.Share, 2), path,
        item.Endpoint.Workload.Length == 0 ? null : item.Endpoint.Workload);
}

public sealed record NotUsedView(string Address, string Cluster, Health Health, string? Workload, string Reason)
{
    public static NotUsedView Of(Endpoint endpoint, string reason) =>
        new(endpoint.Address, endpoint.Cluster, endpoint.Health, endpoint.Workload.Length == 0 ? null : endpoint.Workload, reason);
}

/// <param name="Origin">The file and line or object that the service is written in there.</param>
/// <param name="Reason">Why it is not live; null: it is.</param>
public sealed record SourceStateView(string Name, string Origin, SourceState? State, DateTimeOffset? Since, string? Reason)
{
    public static SourceStateView Of(PartVersion part, CatalogSnapshot catalog) => catalog.Sources.GetValueOrDefault(part.Source) is { } source
        ? new SourceStateView(part.Source, part.Origin, source.State, source.Since, source.Reason.Length == 0 ? null : source.Reason)
        : new SourceStateView(part.Source, part.Origin, null, null, null);
}

/// <summary>What a connected proxy has of what it was sent.</summary>
/// <param name="Rejection">Its own words about the newest; null: it has not rejected it.</param>
public sealed record ProxyAnswerView(ProxyState State, string? Rejection);
