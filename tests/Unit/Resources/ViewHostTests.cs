using System.Collections.Immutable;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Xds;
using ControlPlane.Xds.Resources.Views;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Endpoint = ControlPlane.Model.Endpoint;
using Locality = ControlPlane.Model.Locality;

namespace ControlPlane.Tests.Unit.Resources;

/// <summary>What proxies get, and when it is made again.</summary>
public sealed class ViewHostTests
{
    private static readonly ServicePort Db = new("db", 5432, Protocol.Tcp) { LoopbackPort = 20_001 };
    private readonly ViewHost host = new();

    [Fact]
    public void Admit_BeforeTheConfigurationIsKnown_IsTooEarly()
    {
        AdmissionResult result = host.Admit(Worlds.Sidecar(), StreamCredentials.None);

        result.Resources.ShouldBeNull();
        result.IsFinal.ShouldBeFalse();
    }

    [Fact]
    public void Admit_OfAnUnknownCluster_IsRefusedWithTheReason()
    {
        Show();

        AdmissionResult result = host.Admit(Worlds.Node(("kind", "sidecar"), ("cluster", "nowhere")), StreamCredentials.None);

        result.IsFinal.ShouldBeTrue();
        result.Message.ShouldContain("'nowhere'");
    }

    [Fact]
    public void Scopes_ExistOnlyWhileAProxyIsConnected()
    {
        Show(Worlds.Service("cart", Samples.Endpoint("10.0.0.1")));
        host.Scopes.ShouldBe(0);

        ProxyResources first = Admit(Worlds.Sidecar());
        int ofOne = host.Scopes;
        ProxyResources second = Admit(Worlds.Sidecar());
        ofOne.ShouldBeGreaterThan(0);
        host.Scopes.ShouldBe(ofOne, "both are in one view");
        second.Sets[TypeUrls.Cluster].ShouldBeSameAs(first.Sets[TypeUrls.Cluster]);

        first.Release!();
        host.Scopes.ShouldBe(ofOne);
        second.Release!();
        host.Scopes.ShouldBe(0);
    }

    [Fact]
    public void Sidecar_GetsClustersAssignmentsListenersAndRoutes()
    {
        Show(Worlds.Service("cart", Samples.Endpoint("10.0.0.1")), Worlds.Service("db", [Db], Samples.Endpoint("10.0.0.2")));

        ImmutableDictionary<string, ResourceSet> sets = Admit(Worlds.Sidecar()).Sets;

        Names(sets, TypeUrls.Cluster).ShouldBe(["p5432.db.shop.default.mesh", "p80.cart.shop.default.mesh"]);
        Names(sets, TypeUrls.ClusterLoadAssignment).ShouldBe(["p5432.db.shop.default.mesh", "p80.cart.shop.default.mesh"]);
        Names(sets, TypeUrls.Listener).ShouldBe(["outbound-http", "outbound-tcp.p5432.db.shop.default.mesh"]);
        Names(sets, TypeUrls.RouteConfiguration).ShouldBe(["outbound-http"]);
        Listener tcp = sets[TypeUrls.Listener].Resources["outbound-tcp.p5432.db.shop.default.mesh"].As<Listener>();
        (tcp.Address.SocketAddress.Address, tcp.Address.SocketAddress.PortValue).ShouldBe(("127.0.0.1", 20_001u));
        sets.Values.ShouldAllBe(set => set.Completeness == ControlPlane.Xds.Completeness.Complete);
    }

    [Fact]
    public void Function_HasAListenerAndAClusterOfItsOwn_WhichOutliveChangesOfHealth()
    {
        Endpoint function = Samples.Endpoint("arn:aws:lambda:eu-west-1:1:function:cart") with { Speaks = Speaks.Lambda, Api = "https://lambda.eu-west-1.amazonaws.com" };
        ServiceRecord cart = Worlds.Service("cart", Samples.Endpoint("10.0.0.1"), function);
        Show(cart);
        ProxyResources proxy = Admit(Worlds.Sidecar());
        string name = Names(proxy.Sets, TypeUrls.Cluster).Single(cluster => cluster.StartsWith("lambda-", StringComparison.Ordinal));
        name.ShouldEndWith(".p80.cart.shop.default.mesh");
        Names(proxy.Sets, TypeUrls.Listener).ShouldBe([name, "outbound-http"]);
        ClusterLoadAssignment assignment = proxy.Sets[TypeUrls.ClusterLoadAssignment].Resources["p80.cart.shop.default.mesh"].As<ClusterLoadAssignment>();
        EnvoyInternalAddress address = assignment.Endpoints.SelectMany(locality => locality.LbEndpoints).Select(endpoint => endpoint.Endpoint.Address.EnvoyInternalAddress).Single(address => address is not null);
        (address.ServerListenerName, address.EndpointId).ShouldBe((name, function.Address));
        Dictionary<(string, string), Resource> before = All(proxy);

        Change(Worlds.Of([cart with { Endpoints = [Samples.Endpoint("10.0.0.1"), function with { Health = Health.Unhealthy, Weight = 7 }] }]), configuration: false, Samples.Service("cart"));
        All(proxy).Where(resource => !ReferenceEquals(resource.Value, before[resource.Key])).Select(resource => resource.Key)
            .ShouldBe([(TypeUrls.ClusterLoadAssignment, "p80.cart.shop.default.mesh")]);

        Change(Worlds.Of([cart with { Endpoints = [Samples.Endpoint("10.0.0.1")] }]), configuration: false, Samples.Service("cart"));
        Names(proxy.Sets, TypeUrls.Listener).ShouldBe(["outbound-http"]);
        Names(proxy.Sets, TypeUrls.Cluster).ShouldBe(["p80.cart.shop.default.mesh"]);
    }

    [Fact]
    public void Hostname_HasAClusterAndHostsOfItsOwn_AndMeansTheOwnClustersEndpoint()
    {
        Endpoint Named(string address, string cluster) => Samples.Endpoint(address) with { Hostname = "db-0", Cluster = cluster };
        Show(Worlds.Service("db", Named("10.0.0.1", "eu-a"), Named("10.0.0.2", "elsewhere"), Samples.Endpoint("10.0.0.3")));

        ImmutableDictionary<string, ResourceSet> sets = Admit(Worlds.Sidecar()).Sets;

        Names(sets, TypeUrls.Cluster).ShouldBe(["db-0.p80.db.shop.default.mesh", "p80.db.shop.default.mesh"]);
        sets[TypeUrls.ClusterLoadAssignment].Resources["db-0.p80.db.shop.default.mesh"].As<ClusterLoadAssignment>().Endpoints
            .SelectMany(locality => locality.LbEndpoints).Select(endpoint => endpoint.Endpoint.Address.SocketAddress.Address).ShouldBe(["10.0.0.1"]);
        VirtualHost host = sets[TypeUrls.RouteConfiguration].Resources["outbound-http"].As<RouteConfiguration>().VirtualHosts.Single(host => host.Name.StartsWith("db-0", StringComparison.Ordinal));
        host.Domains.ShouldContain("db-0.db.shop.svc.cluster.local:80");
        Names(Admit(Worlds.Grpc()).Sets, TypeUrls.Listener).ShouldBe(["db-0.db.shop:80", "db.shop:80"]);
    }

    [Fact]
    public void ExternalName_IsResolvedByTheProxy_AndCalledByItsName()
    {
        Show(Worlds.Service("pay") with { ExternalName = "pay.example.com" });

        ImmutableDictionary<string, ResourceSet> sets = Admit(Worlds.Sidecar()).Sets;

        Envoy.Config.Cluster.V3.Cluster cluster = sets[TypeUrls.Cluster].Resources["p80.pay.shop.default.mesh"].As<Envoy.Config.Cluster.V3.Cluster>();
        cluster.Type.ShouldBe(Envoy.Config.Cluster.V3.Cluster.Types.DiscoveryType.StrictDns);
        cluster.LoadAssignment.Endpoints[0].LbEndpoints[0].Endpoint.Address.SocketAddress.Address.ShouldBe("pay.example.com");
        Names(sets, TypeUrls.ClusterLoadAssignment).ShouldBeEmpty();
        sets[TypeUrls.RouteConfiguration].Resources["outbound-http"].As<RouteConfiguration>().VirtualHosts.Single().Routes[0].Route_.AutoHostRewrite.ShouldBe(true);
        Admit(Worlds.Grpc()).Sets[TypeUrls.Cluster].Resources["p80.pay.shop.default.mesh"].As<Envoy.Config.Cluster.V3.Cluster>()
            .Type.ShouldBe(Envoy.Config.Cluster.V3.Cluster.Types.DiscoveryType.LogicalDns);
    }

    [Fact]
    public void Exported_HasTheHostNamesOfTheClusterSet_WhichFollow()
    {
        ServiceRecord cart = Worlds.Service("cart", Samples.Endpoint("10.0.0.1"));
        Show(cart with { IsExported = true });
        ProxyResources proxy = Admit(Worlds.Sidecar());
        Domains().ShouldContain("cart.shop.svc.clusterset.local");

        Change(Worlds.Of([cart]), configuration: false, Samples.Service("cart"));

        Domains().ShouldNotContain("cart.shop.svc.clusterset.local");

        IEnumerable<string> Domains() => proxy.Sets[TypeUrls.RouteConfiguration].Resources["outbound-http"].As<RouteConfiguration>().VirtualHosts.Single().Domains;
    }

    [Fact]
    public void GrpcClient_GetsNoFunctions()
    {
        Endpoint function = Samples.Endpoint("arn:aws:lambda:eu-west-1:1:function:cart") with { Speaks = Speaks.Lambda, Api = "https://lambda.eu-west-1.amazonaws.com" };
        Show(Worlds.Service("cart", Samples.Endpoint("10.0.0.1"), function));

        ImmutableDictionary<string, ResourceSet> sets = Admit(Worlds.Grpc()).Sets;

        Names(sets, TypeUrls.Cluster).ShouldBe(["p80.cart.shop.default.mesh"]);
        sets[TypeUrls.ClusterLoadAssignment].Resources["p80.cart.shop.default.mesh"].As<ClusterLoadAssignment>()
            .Endpoints.Sum(locality => locality.LbEndpoints.Count).ShouldBe(1);
    }

    [Fact]
    public void GrpcClient_GetsAListenerForEachTarget()
    {
        Show(Worlds.Service("cart", Samples.Endpoint("10.0.0.1")), Worlds.Service("db", [Db]));

        ImmutableDictionary<string, ResourceSet> sets = Admit(Worlds.Grpc()).Sets;

        Names(sets, TypeUrls.Listener).ShouldBe(["cart.shop:80"]);
        Names(sets, TypeUrls.RouteConfiguration).ShouldBe(["cart.shop:80"]);
    }

    [Fact]
    public void Gateway_GetsOnlyWhatItsRoutesName()
    {
        ConfigObject[] objects = [
            new Gateway { Namespace = "shop", Name = "edge", Listeners = [new GatewayListener("http", 8000, "", RoutesFrom.Same)] },
            new HttpRoute
            {
                Namespace = "shop", Name = "web", Parents = [new ParentReference("shop", "edge", "", 0)],
                Rules = [new HttpRouteRule([], [new BackendReference("shop", "cart", 80, 1)])],
            }];
        Change(Worlds.Of([Worlds.Service("cart"), Worlds.Service("pay")], objects), configuration: true, Samples.Service("cart"), Samples.Service("pay"));

        ImmutableDictionary<string, ResourceSet> sets = Admit(Worlds.Gateway("edge")).Sets;

        Names(sets, TypeUrls.Cluster).ShouldBe(["p80.cart.shop.default.mesh"]);
        Names(sets, TypeUrls.Listener).ShouldBe(["shop.edge.8000"]);
        Names(sets, TypeUrls.RouteConfiguration).ShouldBe(["shop.edge.8000"]);
    }

    [Fact]
    public void Change_OfEndpoints_MakesOnlyThatAssignmentAnew()
    {
        ServiceRecord cart = Worlds.Service("cart", Samples.Endpoint("10.0.0.1"));
        ServiceRecord pay = Worlds.Service("pay", Samples.Endpoint("10.0.0.2"));
        Show(cart, pay);
        ProxyResources proxy = Admit(Worlds.Sidecar());
        Dictionary<(string, string), Resource> before = All(proxy);

        Change(Worlds.Of([cart with { Endpoints = [Samples.Endpoint("10.0.0.9")] }, pay]), configuration: false, Samples.Service("cart"));

        Dictionary<(string, string), Resource> after = All(proxy);
        after.Keys.ShouldBe(before.Keys, ignoreOrder: true);
        after.Where(resource => !ReferenceEquals(resource.Value, before[resource.Key])).Select(resource => resource.Key)
            .ShouldBe([(TypeUrls.ClusterLoadAssignment, "p80.cart.shop.default.mesh")]);
    }

    [Fact]
    public void Change_ToEqualContent_PublishesNothing()
    {
        ServiceRecord cart = Worlds.Service("cart", Samples.Endpoint("10.0.0.1"));
        Show(cart);
        ProxyResources proxy = Admit(Worlds.Sidecar());
        Dictionary<(string, string), Resource> before = All(proxy);

        Change(Worlds.Of([cart with { Version = new RecordVersion(9, 9, 9) }]), configuration: true, Samples.Service("cart"));

        All(proxy).ShouldAllBe(resource => ReferenceEquals(resource.Value, before[resource.Key]));
    }

    [Fact]
    public void Versions_OfEqualContent_AreEqualOnEverySilo()
    {
        var other = new ViewHost();
        CatalogSnapshot snapshot = Worlds.Of([Worlds.Service("cart", Samples.Endpoint("10.0.0.1")), Worlds.Service("pay")]);
        var change = new CatalogChange([Samples.Service("cart"), Samples.Service("pay")], Configuration: true, Completeness: true);
        host.OnChanged(snapshot, change);
        other.OnChanged(snapshot, change);

        Dictionary<(string, string), Resource> here = All(Admit(Worlds.Sidecar()));
        Dictionary<(string, string), Resource> there = All(other.Admit(Worlds.Sidecar(), StreamCredentials.None).Resources!);

        here.ToDictionary(pair => pair.Key, pair => pair.Value.Version).ShouldBe(there.ToDictionary(pair => pair.Key, pair => pair.Value.Version), ignoreOrder: true);
    }

    [Fact]
    public void Change_ThatRemovesAService_RemovesItsResources()
    {
        Show(Worlds.Service("cart"), Worlds.Service("db", [Db]));
        ProxyResources proxy = Admit(Worlds.Sidecar());

        Change(Worlds.Of([Worlds.Service("cart")]), configuration: false, Samples.Service("db"));

        All(proxy).Keys.ShouldAllBe(key => !key.Item2.Contains("db", StringComparison.Ordinal));
    }

    [Fact]
    public void Change_OfTheClusterAProxyIsIn_EndsItsStream()
    {
        Show(Worlds.Service("cart"));
        ProxyResources proxy = Admit(Worlds.Sidecar());
        Change(Worlds.Of([Worlds.Service("cart")], new Network { Name = "n" }), configuration: true);
        proxy.Expired.IsCancellationRequested.ShouldBeFalse();

        CatalogSnapshot moved = Worlds.Of([Worlds.Service("cart")]);
        Change(
            moved with { Configuration = moved.Configuration! with { Objects = [Worlds.Cluster with { Locality = new Locality("us", "c") }] } },
            configuration: true);

        proxy.Expired.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void Sidecar_WithInboundPorts_HasTheirClustersBesideThoseOfTheMesh()
    {
        Show(Worlds.Service("cart"));
        ProxyNode node = Worlds.Sidecar();
        node.Metadata!.Fields["controlplane"].StructValue.Fields["inbound"] = Google.Protobuf.WellKnownTypes.Value.ForList(
            Google.Protobuf.WellKnownTypes.Value.ForStruct(new Google.Protobuf.WellKnownTypes.Struct
            {
                Fields =
                {
                    ["port"] = Google.Protobuf.WellKnownTypes.Value.ForNumber(8080),
                    ["listen"] = Google.Protobuf.WellKnownTypes.Value.ForNumber(15080),
                    ["protocol"] = Google.Protobuf.WellKnownTypes.Value.ForString("HTTP"),
                },
            }));
        ProxyResources proxy = Admit(node);
        Names(proxy.Sets, TypeUrls.Cluster).ShouldBe(["inbound.8080", "p80.cart.shop.default.mesh"]);
        Names(proxy.Sets, TypeUrls.Listener).ShouldBe(["inbound.8080", "outbound-http"]);

        Change(Worlds.Of([Worlds.Service("pay")]), configuration: false, Samples.Service("cart"), Samples.Service("pay"));

        Names(proxy.Sets, TypeUrls.Cluster).ShouldBe(["inbound.8080", "p80.pay.shop.default.mesh"]);
    }

    private static IEnumerable<string> Names(ImmutableDictionary<string, ResourceSet> sets, string typeUrl) => sets[typeUrl].Resources.Keys.Order(StringComparer.Ordinal);

    private static Dictionary<(string, string), Resource> All(ProxyResources proxy) =>
        proxy.Sets.SelectMany(set => set.Value.Resources.Select(resource => (Key: (set.Key, resource.Key), resource.Value))).ToDictionary(pair => pair.Key, pair => pair.Value);

    private ProxyResources Admit(ProxyNode node) => host.Admit(node, StreamCredentials.None).Resources.ShouldNotBeNull();

    private void Show(params ServiceRecord[] services) => Change(Worlds.Of(services), configuration: true, [.. services.Select(service => service.Service)]);

    private void Change(CatalogSnapshot snapshot, bool configuration, params ServiceId[] services) =>
        host.OnChanged(snapshot, new CatalogChange(services, configuration, Completeness: false));
}
