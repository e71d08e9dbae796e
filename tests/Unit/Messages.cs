using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Reach;
using ControlPlane.Model.Sources;

namespace ControlPlane.Tests.Unit;

/// <summary>Values of the model with every field set to something else than its default.</summary>
internal static class Messages
{
    public static RecordVersion Version { get; } = new(1_700_000_000, 42, 7);

    public static Endpoint Endpoint { get; } = new()
    {
        Address = "10.0.0.1",
        Ports = [8080, 0],
        Cluster = "eu-a",
        Locality = new Locality("eu", "a", "1"),
        Health = Health.Draining,
        Weight = 3,
        Declared = false,
        Speaks = Speaks.Mtls,
        Workload = "cart-1",
        Identity = "cart",
    };

    public static ServicePort Port { get; } = new("db", 5432, Protocol.Tls) { LoopbackPort = 20_001 };

    public static ServicePart Part { get; } = new()
    {
        Service = Samples.Service("cart"),
        Ports = [Samples.Http, Port],
        Endpoints = [Endpoint, Samples.Endpoint("::1")],
        Labels = [new Label("team", "shop")],
        Origin = "a.yaml:12",
    };

    public static Problem Problem { get; } = new("a.yaml:12", "spec.ports[0].port", "expected 1 to 65535");

    public static ValueList<ConfigObject> Objects { get; } = [
        new Cluster { Name = "eu-a", Origin = "a.yaml:1", Platform = "vm", Network = "net1", Mesh = "m1", Locality = new Locality("eu", "a") },
        new Network { Name = "net1", Links = ["net2"] },
        new TrafficPolicy
        {
            Namespace = "shop", Name = "cart", Mesh = "m1", Service = "cart", Strategy = TrafficStrategy.SpreadRegion,
            Overprovisioning = 200, PanicThreshold = 10, Retries = 3,
        },
        new Gateway { Namespace = "shop", Name = "edge", Cluster = "eu-a", Listeners = [new GatewayListener("http", 8000, "*.example.com", RoutesFrom.All)] },
        new HttpRoute
        {
            Namespace = "shop", Name = "web",
            Parents = [new ParentReference("shop", "edge", "http", 8000)],
            Hostnames = ["www.example.com"],
            Rules = [new HttpRouteRule(
                [new HttpMatch(PathMatchType.RegularExpression, "/a.*", [new HeaderMatch("x-a", "b.*", true)], "GET")],
                [new BackendReference("shop", "cart", 80, 3)])],
        },
    ];

    public static FailoverTier Failover { get; } = new(["us"], ["eu/a"], ["eu-a"]);

    public static Distribution Distribution { get; } = new("eu", [new DistributionShare("eu/a", 80), new DistributionShare("us", 20)]);

    public static Mesh Mesh { get; } = new() { Name = "m1", Origin = "a.yaml:2", TrustDomain = "bank.example", Mtls = MtlsMode.Strict, CertificateFolder = "banking" };

    public static RegionGateway Gateway { get; } = new()
    {
        Name = "dc1", Role = GatewayRole.Egress, Mesh = "m1", Network = "net1", Locality = new Locality("eu", "a"),
        Addresses = [new GatewayAddress("10.0.0.9", 15443, ["net2"])], Port = 15444, Serves = "shop/edge",
    };

    public static Export Export { get; } = new() { Namespace = "shop", Name = "cart", Mesh = "m1", Service = "cart", ToMeshes = ["m2"] };

    public static CostMatrix Costs { get; } = new() { Name = "costs", Pairs = [new PairCost("eu", "us/c", 82.5, 0.02)] };

    public static Subset Subset { get; } = new("v1", [new Label("version", "v1")]);

    public static TrafficPolicy GatewayPolicy { get; } = new()
    {
        Namespace = "shop", Name = "cart", Service = "cart", Gateway = "dc1", StaleLimit = 600, Stale = StaleAction.Withdraw, Hold = 30, Subsets = [Subset],
    };

    public static ReachRecord ReachRecord { get; } = new()
    {
        Version = Version,
        Withdrawn = [new WithdrawnAddress("dc1", "10.0.0.9", 15443, "net2", "refused", new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero))],
        Hosts = [new ResolvedHost("gw.example", ["10.0.0.9", "10.0.0.10"])],
        Measured = [new PairCost("eu", "us/c", 82.5, null)],
    };

    public static ProbeReport Report { get; } = new()
    {
        Prober = "vm-1", Network = "net2", Interval = TimeSpan.FromSeconds(1), Locality = new Locality("eu", "a"),
        Results = [new ProbeResult("dc1", "10.0.0.9", 15443, true, "refused", 0.5)],
    };

    public static ReachStatus Reach { get; } = new(
        [new ProberStatus(
            "vm-1", "net2", new Locality("eu", "a"), TimeSpan.FromSeconds(1), new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero), true, true,
            [new ProbedAddress(Report.Results[0], true, new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero), 1)])],
        ReachRecord.Withdrawn, ReachRecord.Hosts, ReachRecord.Measured);

    /// <summary>Of a pod, with all that a registry may say of it.</summary>
    public static Endpoint LabelledEndpoint { get; } = Endpoint with { Labels = [new Label("version", "v1")], ForZones = ["a", "b"] };

    public static Namespace Namespace { get; } = new()
    {
        Namespace = "eu-a", Name = "shop", Origin = "Namespace shop", Labels = Namespace.LabelsOf("shop", [new Label("team", "checkout")]),
    };

    public static Source Source { get; } = new()
    {
        Name = "dc1",
        Origin = "sources.yaml:3",
        Type = "consul",
        Cluster = "eu-a",
        Settings = """{"address":"http://127.0.0.1:8500"}""",
        Mapping = new SourceMapping
        {
            Service = "{tag.app}", Namespace = "{tag.team|default}", Port = 80, Protocol = Protocol.Http, Select = [new Label("tag.env", "prod")],
        },
        RefreshSeconds = 10,
        MaxRemovalPercent = 20,
    };

    /// <summary>Selects <see cref="Namespace"/>.</summary>
    public static NamespaceSelector Selector { get; } = new("eu-a", [new LabelRequirement("team", LabelOperator.NotIn, ["payments", "ledger"])]);

    public static ServiceRecord ServiceRecord { get; } = new()
    {
        Version = Version,
        Deleted = true,
        Service = Samples.Service("cart"),
        Ports = Part.Ports,
        Endpoints = Part.Endpoints,
        Labels = Part.Labels,
        Parts = [new PartVersion("east", Version, "a.yaml:12")],
        Conflicts = ["port 80: west says Tcp"],
    };

    public static SourceRecord SourceRecord { get; } = new()
    {
        Version = Version,
        Source = "east",
        State = SourceState.Stale,
        Reason = "refused",
        Since = new DateTimeOffset(2025, 1, 2, 3, 4, 5, TimeSpan.Zero),
        HasPicture = true,
        Holder = "here",
        Epoch = 7,
        Problems = [Problem],
        Clusters = [new ClusterShare("eu-a", 2, 3)],
    };

    public static ConfigRecord ConfigRecord { get; } = new() { Version = Version, Revision = "0123456789abcdef", Objects = Objects, Problems = [Problem] };
}
