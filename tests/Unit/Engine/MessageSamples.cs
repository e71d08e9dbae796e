#if ORLEANS
using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Clusters;
using ControlPlane.Grains.Registrations;
using ControlPlane.Grains.Services;
using ControlPlane.Grains.Sources;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Registrations;
using ControlPlane.Model.Sources;

namespace ControlPlane.Tests.Unit.Engine;

/// <summary>A value of every type that goes over grain interfaces, with every field set. Enumerations go as their numbers.</summary>
internal static class MessageSamples
{
    public static IReadOnlyList<object> All { get; } = [
        Messages.Version,
        Messages.Endpoint,
        Messages.Endpoint.Locality,
        Messages.Port,
        Messages.Part,
        Messages.Part.Service,
        Messages.Part.Labels[0],
        Messages.Problem,
        .. Messages.Objects,
        Messages.Failover,
        Messages.Distribution,
        Messages.Distribution.To[0],
        Messages.Mesh,
        Messages.Gateway,
        Messages.Gateway.Addresses[0],
        Messages.Export,
        Messages.Costs,
        Messages.Costs.Pairs[0],
        Messages.Subset,
        Messages.ReachRecord,
        Messages.ReachRecord.Withdrawn[0],
        Messages.ReachRecord.Hosts[0],
        Messages.Namespace,
        Messages.Source,
        Messages.Source.Mapping,
        Messages.Selector,
        Messages.Selector.Requirements[0],
        Gateway.Listeners[0],
        Route.Parents[0],
        Route.Rules[0],
        Route.Rules[0].Matches[0],
        Route.Rules[0].Matches[0].Headers[0],
        Route.Rules[0].Backends[0],
        Messages.ServiceRecord,
        Messages.ServiceRecord.Parts[0],
        Messages.SourceRecord,
        Messages.SourceRecord.Clusters[0],
        Messages.ConfigRecord,
        new PublishResult(true, Messages.Version),
        new CatalogChanges("incarnation", 7, true, true, [Messages.ServiceRecord, Messages.SourceRecord, Messages.ConfigRecord]),
        new ComparedDigest(true, [new ShardPart(Messages.Part.Service, Messages.Version)]),
        new ShardPart(Messages.Part.Service, Messages.Version),
        new ShardDigest(3, 0xFEDC_BA98_7654_3210),
        new ClusterStatus("eu-a", (Cluster)Messages.Objects[0], SourceState.Stale, [Messages.SourceRecord], 2, 3),
        new PartReport("east", Messages.Version, Messages.Part),
        new VersionedPart(Messages.Version, Messages.Part),
        new SourceReport
        {
            Epoch = 7,
            Replaced = [Messages.Part],
            Removed = [Messages.Part.Service],
            IsWhole = true,
            State = SourceState.Stale,
            Reason = "refused",
            Problems = [Messages.Problem],
            Configuration = Messages.Objects,
        },
        Messages.Report,
        Messages.Report.Results[0],
        Messages.Reach,
        Messages.Reach.Probers[0],
        Messages.Reach.Probers[0].Addresses[0],
        Registered.Registration,
        Registered.Registration.Ports[0],
        Registered,
        new RegistrationChanges("incarnation", 7, true, [new RegistrationChange("vm-1/cart", Registered)]),
        new RegistrationChange("vm-1/cart", Registered),
        new ReportResult(true, "incarnation"),
        new LeaseResult(true, "here", 7, TimeSpan.FromSeconds(6), "incarnation"),
    ];

    private static RegistrationState Registered => new(
        new Registration
        {
            Id = "vm-1/cart", Service = "cart", Namespace = "shop", Cluster = "eu-a", Address = "10.0.0.1", Ports = [new RegisteredPort(8080, 80, Protocol.Http)],
            Health = Health.Degraded, Weight = 3, Locality = Messages.Endpoint.Locality, Identity = "cart", LeaseSeconds = 30, IsDraining = true,
        },
        IsExpired: true);

    private static Gateway Gateway => Messages.Objects.OfType<Gateway>().Single();

    private static HttpRoute Route => Messages.Objects.OfType<HttpRoute>().Single();
}
#endif
