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
    public static ExplanationView Of(CallerView from, ServiceRecord service, int port, EffectivePolicy policy, Explanation explanation, CatalogSnapshot catalog, ProxyAnswerView? proxy) => new(
        from, service.Service.ToString(), service.Ports[port].Port, service.Version.ToString(), service.ExternalName.Length == 0 ? null : service.ExternalName, policy,
        [.. explanation.Tiers.Select(tier => TierView.Of(tier, port))],
        [
            .. explanation.Unreachable.Select(item => NotUsedView.Of(item.Endpoint, item.Reason)),
            .. explanation.NotCounted.Select(endpoint => NotUsedView.Of(endpoint, "it is starting: it does not count before it has been ready, or has had its grace")),
            .. explanation.NotServing.Select(endpoint => NotUsedView.Of(endpoint, "it does not serve this port")),
        ],
        [.. service.Parts.Select(part => SourceStateView.Of(part, catalog))], proxy);
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
    public static TierView Of(ExplainedTier tier, int port) => new(
        tier.Ring switch
        {
            TierRing.Distributed => "a policy shares requests among these places (distribute)",
            TierRing.SubZone => "the caller's own sub-zone",
            TierRing.Own => "the caller's own place",
            TierRing.Listed => "a policy names it next (failover)",
            TierRing.Region => "elsewhere in the caller's region",
            _ => "another region",
        },
        tier.Load, tier.Size.Healthy, tier.Size.Declared, [.. tier.Localities.Select(locality => TierLocalityView.Of(locality, port))]);
}

/// <param name="RoundTripMs">Of a call there, in milliseconds.</param>
/// <param name="PricePerGb">US dollars.</param>
/// <param name="Share">Percentage of all requests.</param>
public sealed record TierLocalityView(LocalityView Locality, double RoundTripMs, double PricePerGb, double Share, IReadOnlyList<CalledEndpointView> Endpoints)
{
    public static TierLocalityView Of(ExplainedLocality locality, int port) => new(
        LocalityView.Of(locality.Locality), locality.Cost.RoundTrip, locality.Cost.Price, Math.Round(locality.Share, 2),
        [.. locality.Endpoints.Select(item => new CalledEndpointView(
            item.Endpoint.Address, item.Endpoint.Ports[port], item.Endpoint.Cluster, item.Endpoint.Health, item.Endpoint.Weight, Math.Round(item.Share, 2),
            item.Endpoint.IsFunction ? "function" : "direct", item.Endpoint.Workload.Length == 0 ? null : item.Endpoint.Workload))]);
}

/// <param name="Share">Percentage of all requests.</param>
/// <param name="Path"><c>direct</c>, or <c>function</c>: through the web.</param>
public sealed record CalledEndpointView(string Address, int Port, string Cluster, Health Health, int Weight, double Share, string Path, string? Workload);

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
