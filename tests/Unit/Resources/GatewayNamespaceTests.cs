using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Xds.Resources.Generators;
using ControlPlane.Xds.Resources.Views;

namespace ControlPlane.Tests.Unit.Resources;

/// <summary>Routes that attach to a listener by the labels of their namespace.</summary>
public sealed class GatewayNamespaceTests
{
    [Theory]
    [InlineData("team", LabelOperator.In, "checkout,payments", true)]
    [InlineData("team", LabelOperator.In, "payments", false)]
    [InlineData("stage", LabelOperator.In, "", false)]
    [InlineData("team", LabelOperator.NotIn, "payments", true)]
    [InlineData("team", LabelOperator.NotIn, "checkout", false)]
    [InlineData("stage", LabelOperator.NotIn, "test", true)]
    [InlineData("team", LabelOperator.Exists, null, true)]
    [InlineData("stage", LabelOperator.Exists, null, false)]
    [InlineData("team", LabelOperator.DoesNotExist, null, false)]
    [InlineData("stage", LabelOperator.DoesNotExist, null, true)]
    [InlineData("kubernetes.io/metadata.name", LabelOperator.In, "bank", true)]
    [InlineData("kubernetes.io/metadata.name", LabelOperator.In, "shop", false)]
    public void Route_AttachesWhereItsNamespaceMeetsTheRequirement(string label, LabelOperator how, string? values, bool expected) =>
        Attaches(Selector(new LabelRequirement(label, how, [.. values?.Split(',') ?? []])), Bank("east", "team=checkout")).ShouldBe(expected);

    [Fact]
    public void Route_HasToMeetAllRequirements()
    {
        LabelRequirement team = new("team", LabelOperator.In, ["checkout"]);
        LabelRequirement stage = new("stage", LabelOperator.In, ["live"]);

        Attaches(Selector(team, stage), Bank("east", "team=checkout")).ShouldBeFalse();
        Attaches(Selector(team, stage), Bank("east", "team=checkout", "stage=live")).ShouldBeTrue();
    }

    [Fact]
    public void Route_OfANamespaceThatIsNotKnown_DoesNotAttach()
    {
        LabelRequirement stage = new("stage", LabelOperator.DoesNotExist, []);

        Attaches(Selector()).ShouldBeFalse();
        Attaches(Selector(stage)).ShouldBeFalse();
        Attaches(Selector(stage), Bank("east")).ShouldBeTrue();
    }

    [Fact]
    public void Route_IsJudgedByTheNamespaceOfTheGatewaysCluster()
    {
        LabelRequirement team = new("team", LabelOperator.In, ["checkout"]);

        Attaches(Selector(team), Bank("east"), Bank("west", "team=checkout"), Bank("", "team=checkout")).ShouldBeFalse();
        Attaches(Selector(team), Bank("east", "team=checkout"), Bank("west"), Bank("")).ShouldBeTrue();
        Attaches(Selector(team) with { Cluster = "" }, Bank("east"), Bank("", "team=checkout")).ShouldBeTrue();
    }

    [Fact]
    public void Route_OfTheGatewaysOwnNamespace_HasToBeSelectedToo()
    {
        Namespace shop = Bank("east") with { Name = "shop", Labels = Namespace.LabelsOf("shop", []) };

        Attaches(Selector(new LabelRequirement("team", LabelOperator.Exists, [])), "shop", shop).ShouldBeFalse();
        Attaches(Selector(), "shop", shop).ShouldBeTrue();
    }

    private static NamespaceSelector Selector(params LabelRequirement[] requirements) => new("east", requirements.ToValueList());

    private static Namespace Bank(string cluster, params string[] labels) => new()
    {
        Namespace = cluster,
        Name = "bank",
        Labels = Namespace.LabelsOf("bank", labels.Select(label => new Label(label.Split('=')[0], label.Split('=')[1]))),
    };

    private static bool Attaches(NamespaceSelector selector, params Namespace[] namespaces) => Attaches(selector, "bank", namespaces);

    private static bool Attaches(NamespaceSelector selector, string ns, params Namespace[] namespaces)
    {
        var gateway = new Gateway
        {
            Namespace = "shop", Name = "edge", Cluster = "east", Listeners = [new GatewayListener("http", 80, "", RoutesFrom.Selector, selector)],
        };
        var route = new HttpRoute { Namespace = ns, Name = "web", Parents = [new ParentReference("shop", "edge", "", 0)], Rules = [new HttpRouteRule([], [])] };
        var context = new RoutingContext(Worlds.Of([], [gateway, route, .. namespaces]));
        return GatewayRoutes.Generate("shop.edge.80", gateway, 80, "default", context).VirtualHosts.Count > 0;
    }
}
