using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Configuration;
using ControlPlane.Grains.Reach;
using ControlPlane.Grains.Services;
using ControlPlane.Grains.Sources;
using ControlPlane.Grains.Storage;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Tests.Unit.Storage;

/// <summary>One value of every type that is stored, with every field set.</summary>
internal static class StoredSamples
{
    public static IReadOnlyDictionary<string, IStoredSample> All { get; } = new Dictionary<string, IStoredSample>
    {
        ["part"] = new StoredSample<StoredPart>(new StoredPart(Messages.Version, Messages.Part)),
        ["part-of-a-function"] = new StoredSample<StoredPart>(new StoredPart(Messages.Version, Messages.Part with
        {
            Endpoints = [Messages.Endpoint with { Speaks = Speaks.Lambda, Api = "https://lambda.eu-west-1.amazonaws.com", Hostname = "web-0", IsLocal = true }],
            ExternalName = "www.example.com",
            IsExported = true,
        })),
        ["places"] = new StoredSample<StoredConfiguration>(new StoredConfiguration
        {
            Sources =
            {
                ["file"] = new SourceConfiguration(Messages.Version, [new TrafficPolicy
                {
                    Name = "places", Failover = [Messages.Failover], Then = FailoverThen.None, Distribute = [Messages.Distribution], TierMargin = 10,
                }]),
            },
        }),
        ["lease"] = new StoredSample<SourceLease>(new SourceLease { Holder = "here", Epoch = 7, HasPicture = true }),
        ["sources"] = new StoredSample<SourceNames>(new SourceNames { Names = { "east", "west" } }),
        ["configuration"] = new StoredSample<StoredConfiguration>(new StoredConfiguration
        {
            Sources = { ["file"] = new SourceConfiguration(Messages.Version, Messages.Objects) },
        }),
        ["namespaces"] = new StoredSample<StoredConfiguration>(new StoredConfiguration
        {
            Sources = { ["kubernetes/eu-a"] = new SourceConfiguration(Messages.Version, [Messages.Namespace, new Gateway
            {
                Namespace = "shop", Name = "edge", Cluster = "eu-a",
                Listeners = [new GatewayListener("http", 8000, "*.example.com", RoutesFrom.Selector, Messages.Selector)],
            }]) },
        }),
        ["gateways"] = new StoredSample<StoredConfiguration>(new StoredConfiguration
        {
            Sources = { ["file"] = new SourceConfiguration(Messages.Version, [Messages.Mesh, Messages.Gateway, Messages.Export, Messages.Costs, Messages.GatewayPolicy]) },
        }),
        ["gateway-with-defaults"] = new StoredSample<StoredConfiguration>(new StoredConfiguration
        {
            Sources = { ["file"] = new SourceConfiguration(Messages.Version, [new RegionGateway { Name = "dc1", Role = GatewayRole.EastWest }]) },
        }),
        ["part-with-labels"] = new StoredSample<StoredPart>(new StoredPart(Messages.Version, Messages.Part with
        {
            Endpoints = [Messages.LabelledEndpoint], Distribution = TrafficDistribution.PreferSameNode,
        })),
        ["epochs"] = new StoredSample<EpochState>(new EpochState(1_700_000_000, 42)),
        ["loopback-ports"] = new StoredSample<LoopbackPorts>(new LoopbackPorts { ByPort = { ["default/shop/db:5432"] = 20_001 } }),
        ["reach"] = new StoredSample<StoredReach>(new StoredReach
        {
            Withdrawn = Messages.ReachRecord.Withdrawn, Hosts = Messages.ReachRecord.Hosts, Measured = Messages.ReachRecord.Measured,
        }),
        ["catalog-service"] = new StoredSample<CatalogRecord>(Messages.ServiceRecord),
        ["catalog-source"] = new StoredSample<CatalogRecord>(Messages.SourceRecord),
        ["catalog-reach"] = new StoredSample<CatalogRecord>(Messages.ReachRecord),
        ["catalog-config"] = new StoredSample<CatalogRecord>(Messages.ConfigRecord),
    };
}

/// <summary>A value that is stored.</summary>
internal interface IStoredSample
{
    byte[] Write();

    /// <summary>The row must be read as the value.</summary>
    void Check(StoredRow row);
}

/// <inheritdoc cref="IStoredSample"/>
internal sealed class StoredSample<T>(T value) : IStoredSample
{
    public byte[] Write() => StateJson.Write(value);

    // Classes with settable state do not compare by content: their JSON does.
    public void Check(StoredRow row)
    {
        T read = StateJson.Read<T>(row);
        System.Text.Encoding.UTF8.GetString(StateJson.Write(read)).ShouldBe(System.Text.Encoding.UTF8.GetString(Write()));
        if (typeof(T).IsAssignableTo(typeof(IEquatable<T>)))
        {
            read.ShouldBe(value);
        }
    }
}
