using ControlPlane.Adapters.Instances;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Tests.Unit.Instances;

/// <summary>Which services an instance serves, on which ports.</summary>
public sealed class InstanceMapperTests
{
    private readonly List<Problem> problems = [];

    [Fact]
    public void Map_HttpPort_IsCalledOn80()
    {
        Map(Web() with { Ports = [new InstancePort(21000, "http")] }).ShouldBe(["default/web 80=21000/Http"]);
    }

    [Fact]
    public void Map_TcpPort_IsCalledOnItsOwn()
    {
        Map(Web() with { Ports = [new InstancePort(5432)] }).ShouldBe(["default/web 5432=5432/Tcp"]);
    }

    [Fact]
    public void Map_SeveralPorts_KeepTheirNumbers()
    {
        Map(Web() with { Ports = [new InstancePort(8080, "http"), new InstancePort(9090, "grpc-admin")] })
            .ShouldBe(["default/web 8080=8080/Http 9090=9090/Grpc"]);
    }

    [Theory]
    [InlineData("80=8080/http 9000/grpc", "default/web 80=8080/Http 9000=9000/Grpc")]
    [InlineData("80=8080/http,9000/grpc", "default/web 80=8080/Http 9000=9000/Grpc")]
    [InlineData("80/http", "default/web 80=21000/Http")]
    public void Map_PortsSetting_CountsMoreThanTheRegistry(string setting, string expected)
    {
        Map(Web(("tag.controlplane/ports", setting)) with { Ports = [new InstancePort(21000)] }).ShouldBe([expected]);
    }

    [Theory]
    [InlineData("0=1/http")]
    [InlineData("80=70000")]
    [InlineData("80/smtp")]
    [InlineData("http")]
    public void Map_PortsSettingThatIsWrong_IsAProblemAndNoService(string setting)
    {
        Map(Web(("tag.controlplane/ports", setting))).ShouldBeEmpty();

        problems.ShouldHaveSingleItem().ToString().ShouldStartWith("i-1: controlplane/ports: expected");
    }

    [Fact]
    public void Map_HostWithSeveralServices_ServesEach()
    {
        Map(Web(("tag.controlplane/service/cart", "80=8080/http"), ("tag.controlplane/service/db", "5432"), ("tag.controlplane/namespace", "shop")) with { Service = "" })
            .ShouldBe(["shop/cart 80=8080/Http", "shop/db 5432=5432/Tcp"]);
    }

    [Fact]
    public void Map_SettingsInEverySpelling_AreFound()
    {
        Map(Web(("meta.controlplane-service", "cart"), ("label.controlplane.io/protocol", "grpc")) with { Ports = [new InstancePort(7000)] })
            .ShouldBe(["default/cart 80=7000/Grpc"]);
    }

    [Fact]
    public void Map_ByTheMappingOfTheSource_NamesAndSelects()
    {
        var mapping = new SourceMapping
        {
            Service = "{tag.app}-{service}", Namespace = "{tag.team|default}", Port = 8000, Protocol = Protocol.Http2, Select = [new Label("tag.env", "prod"), new Label("tag.app", "*")],
        };

        Map(Web(("tag.app", "Shop_1"), ("tag.team", "checkout"), ("tag.env", "prod")) with { Ports = [new InstancePort(9)] }, mapping).ShouldBe(["checkout/shop-1-web 8000=9/Http2"]);
        Map(Web(("tag.app", "shop"), ("tag.env", "test")) with { Ports = [new InstancePort(9)] }, mapping).ShouldBeEmpty();
        problems.ShouldBeEmpty();
    }

    [Fact]
    public void Map_Sidecar_IsReachedWhereItListens()
    {
        Map(Web(("tag.controlplane/inbound", "8080=15080")) with { Ports = [new InstancePort(8080, "http")] }).ShouldBe(["default/web 80=15080/Http mtls"]);
        Map(Web(("tag.controlplane/inbound", "8080=15080")) with { Ports = [new InstancePort(8080, "http"), new InstancePort(9090, "admin")] })
            .ShouldBe(["default/web 8080=15080/Http 9090=9090/Tcp"], "an endpoint is spoken to in one way on all its ports");
    }

    [Fact]
    public void Map_WithoutAName_IsNoServiceAndNoProblem()
    {
        Map(Web() with { Service = "", Ports = [new InstancePort(80)] }).ShouldBeEmpty();
        problems.ShouldBeEmpty();
    }

    [Fact]
    public void Map_WithoutPorts_SaysWhatToSet()
    {
        Map(Web()).ShouldBeEmpty();
        problems.ShouldHaveSingleItem().Message.ShouldBe("nothing says where it listens: set controlplane/ports, such as '80=8080/http'");
    }

    [Fact]
    public void Map_AddressThatIsNone_IsLeftOut()
    {
        Map(Web() with { Address = "web.internal", Ports = [new InstancePort(80)] }).ShouldBeEmpty();
        problems.ShouldHaveSingleItem().Field.ShouldBe("address");
    }

    private static Instance Web(params (string Name, string Value)[] attributes) => new()
    {
        Id = "i-1", Service = "web", Address = "10.0.0.1", Attributes = new InstanceAttributes(attributes.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))),
    };

    private string[] Map(Instance instance, SourceMapping? mapping = null) =>
    [
        .. new InstanceMapper(mapping ?? SourceMapping.Default).Map(instance, problems).Select(mapped =>
            $"{mapped.Namespace}/{mapped.Service} {string.Join(' ', mapped.Ports.Select(port => $"{port.Port.Port}={port.Target}/{port.Port.Protocol}"))}{(mapped.HasSidecar ? " mtls" : "")}"),
    ];
}
