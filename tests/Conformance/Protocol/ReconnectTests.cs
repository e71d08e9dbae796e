using ControlPlane.Tests.Conformance.Client;
using ControlPlane.Tests.Conformance.Hosting;
using Envoy.Config.Core.V3;
using Envoy.Service.Discovery.V3;
using Envoy.Type.V3;
using Resource = ControlPlane.Xds.Resource;

namespace ControlPlane.Tests.Conformance.Protocol;

public sealed class ReconnectTests
{
    private const string Clusters = TypeUrls.Cluster;
    private const string Assignments = TypeUrls.ClusterLoadAssignment;

    [Theory, InlineData(Clusters, false), InlineData(TypeUrls.Listener, false), InlineData(Clusters, true), InlineData(TypeUrls.Listener, true)]
    public async Task X9_Sotw_SameVersion_IsSkippedForTheWildcardOnly(string type, bool isNamed)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Any(type, "a"));
        string[] names = isNamed ? ["a"] : [];
        XdsStream before = await host.OpenAsync(isDelta: false);
        await before.SubscribeAsync(type, names);
        Answer had = await before.TakeAsync(type);

        XdsStream after = await host.OpenAsync(isDelta: false);
        await after.ResumeAsync(type, names, had.Version);

        if (isNamed)
        {
            (await after.TakeAsync(type)).Names.ShouldBe(["a"]);
        }
        await after.ShouldBeQuietAsync();
        host.Put(Make.Any(type, "a", 2));
        (await after.TakeAsync(type)).Names.ShouldBe(["a"]);
    }

    [Theory, InlineData(Assignments), InlineData(TypeUrls.RouteConfiguration), InlineData(TypeUrls.Secret)]
    public async Task X9_Sotw_OtherTypes_AreSentAgain(string type)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Any(type, "a"));
        XdsStream before = await host.OpenAsync(isDelta: false);
        await before.SubscribeAsync(type, "a");
        Answer had = await before.TakeAsync(type);

        XdsStream after = await host.OpenAsync(isDelta: false);
        await after.ResumeAsync(type, ["a"], had.Version);

        (await after.TakeAsync(type)).Names.ShouldBe(["a"]);
    }

    [Fact]
    public async Task X9_Sotw_OtherVersion_IsAnsweredInFull()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("a"));
        XdsStream stream = await host.OpenAsync(isDelta: false);

        await stream.ResumeAsync(Clusters, [], "another");

        (await stream.TakeAsync(Clusters)).Names.ShouldBe(["a"]);
    }

    [Theory]
    [InlineData("c1,*", "c1,c2", "1.40.0", true)]
    [InlineData("c1", "c1,c2", "1.40.0", true)]
    [InlineData("c1", "c1", "1.40.0", false)]
    [InlineData("c1", "c1", "1.18.3", true)]
    public async Task X14_Delta_NamesAndVersionsOfAWildcardType_StayWildcardWhereTheClientMeansIt(
        string names, string known, string version, bool isWildcard)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        Resource[] there = [Make.Cluster("c1"), Make.Cluster("c2")];
        host.Put(there[..known.Split(',').Length]);
        int[] numbers = [.. version.Split('.').Select(int.Parse)];
        var node = new Node
        {
            Id = "n1",
            Cluster = "test",
            UserAgentName = "envoy",
            UserAgentBuildVersion = new BuildVersion
            {
                Version = new SemanticVersion { MajorNumber = (uint)numbers[0], MinorNumber = (uint)numbers[1], Patch = (uint)numbers[2] },
            },
        };
        XdsStream stream = await host.OpenAsync(isDelta: true, node);

        await stream.ResumeAsync(Clusters, names.Split(','), "", [.. known.Split(',').Select(name => (name, there.Single(cluster => cluster.Name == name).Version))]);
        await stream.ShouldBeQuietAsync();
        host.Put(Make.Cluster("c-new"));

        if (isWildcard)
        {
            (await stream.TakeAsync(Clusters)).Names.ShouldBe(["c-new"]);
        }
        await stream.ShouldBeQuietAsync();
    }

    [Fact]
    public async Task X23_InitialVersions_EqualIsSkipped_DifferentIsSent_GoneIsRemoved()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        Resource same = Make.Route("same", 1);
        host.Put(same, Make.Route("other", 2), Make.Route("new", 1));
        XdsStream stream = await host.OpenAsync(isDelta: true);

        await stream.ResumeAsync(
            TypeUrls.RouteConfiguration, ["same", "other", "new", "gone"], "", ("same", same.Version), ("other", "old"), ("gone", "old"));

        Answer changed = await stream.TakeAsync(TypeUrls.RouteConfiguration);
        changed.Names.ShouldBe(["new", "other"]);
        IEnumerable<string> removed = changed.Removed.Count > 0 ? changed.Removed : (await stream.TakeAsync(TypeUrls.RouteConfiguration)).Removed;
        removed.ShouldBe(["gone"]);
        await stream.ShouldBeQuietAsync();
    }

    [Fact]
    public async Task X23_InitialVersions_AreNoSubscription()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Route("r1", 1), Make.Route("r2", 1));
        XdsStream stream = await host.OpenAsync(isDelta: true);

        await stream.ResumeAsync(TypeUrls.RouteConfiguration, ["r1"], "", ("r2", "old"), ("r3", "old"));

        Answer answer = await stream.TakeAsync(TypeUrls.RouteConfiguration);
        answer.Names.ShouldBe(["r1"]);
        answer.Removed.ShouldBeEmpty();
        host.Put(Make.Route("r2", 2));
        await stream.ShouldBeQuietAsync();
    }

    [Fact]
    public async Task X23_InitialVersions_CountInTheFirstRequestOfATypeOnly()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        Resource route = Make.Route("r2", 1);
        host.Put(Make.Route("r1", 1), route);
        var stream = (DeltaStream)await host.OpenAsync(isDelta: true);
        await stream.SubscribeAsync(TypeUrls.RouteConfiguration, "r1");
        await stream.TakeAsync(TypeUrls.RouteConfiguration);

        await stream.SendAsync(new DeltaDiscoveryRequest
        {
            TypeUrl = TypeUrls.RouteConfiguration, ResourceNamesSubscribe = { "r2" }, InitialResourceVersions = { ["r2"] = route.Version },
        });

        (await stream.TakeAsync(TypeUrls.RouteConfiguration)).Names.ShouldBe(["r2"]);
    }

    [Fact]
    public async Task X23_GoneCluster_WaitsUntilTheRoutesOfTheClientAreKnown()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Cluster("c1"), Make.Route("r1", 2, "c1"));
        XdsStream stream = await host.OpenAsync(isDelta: true);

        await stream.ResumeAsync(Clusters, [], "", ("c1", Make.Cluster("c1").Version), ("c-old", "old"));
        await stream.ShouldBeQuietAsync();
        await stream.ResumeAsync(TypeUrls.RouteConfiguration, ["r1"], "", ("r1", "old"));
        Answer routes = await stream.NextAsync();
        routes.Names.ShouldBe(["r1"]);
        await stream.ShouldBeQuietAsync();

        await stream.AckAsync(routes);
        (await stream.TakeAsync(Clusters)).Removed.ShouldBe(["c-old"]);
    }
}
