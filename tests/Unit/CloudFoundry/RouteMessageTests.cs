using System.Text;
using ControlPlane.Adapters.CloudFoundry.Routes;
using ControlPlane.Model;

namespace ControlPlane.Tests.Unit.CloudFoundry;

/// <summary>Messages of route emitters and registrars, as they are written.</summary>
public sealed class RouteMessageTests
{
    [Fact]
    public void Read_OfARouteEmitter_HasEverything()
    {
        RouteMessage message = Read("""
            {"host": "10.0.1.4", "port": 61001, "tls_port": 61443, "uris": ["cart.apps.example.com", "Shop.Example.com/Cart/"], "app": "5d1c", "private_instance_id": "i-1",
             "private_instance_index": "3", "server_cert_domain_san": "i-1", "availability_zone": "z1", "isolation_segment": "blue", "protocol": "http2",
             "route_service_url": "https://waf.example.com", "stale_threshold_in_seconds": 60, "endpoint_updated_at_ns": 1700000000000000000, "options": {"loadbalancing": "least-connection"},
             "tags": {"component": "route-emitter", "app_name": "cart", "empty": null}}
            """);

        message.Uris.ShouldBe(["cart.apps.example.com", "Shop.Example.com/Cart/"]);
        (message.RouteServiceUrl, message.StaleThresholdInSeconds).ShouldBe(("https://waf.example.com", 60));
        RegisteredEndpoint endpoint = message.Endpoint();
        endpoint.ShouldBe(new RegisteredEndpoint
        {
            Host = "10.0.1.4", Port = 61001, TlsPort = 61443, App = "5d1c", InstanceId = "i-1", Index = "3", CertificateName = "i-1", Zone = "z1", IsolationSegment = "blue",
            Protocol = Protocol.Http2, Tags = [new Label("app_name", "cart"), new Label("component", "route-emitter"), new Label("empty", "")],
        });
        (endpoint.Address, endpoint.Group, endpoint.Tag("app_name"), endpoint.Tag("none")).ShouldBe(("10.0.1.4:61001", "5d1c", "cart", ""));
    }

    [Fact]
    public void Read_OfARegistrar_HasNoApp()
    {
        RegisteredEndpoint endpoint = Read("""{"host": "10.0.0.2", "port": 0, "tls_port": 8443, "uris": ["uaa.sys.example.com"]}""").Endpoint();

        (endpoint.Port, endpoint.Address, endpoint.Group, endpoint.Protocol).ShouldBe((0, "10.0.0.2:8443", "10.0.0.2:8443", Protocol.Http));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null", "it is null")]
    [InlineData("[]")]
    [InlineData("""{"host": "10.0.0.1", "port": 80, "uris": ["a.b"]""")]
    [InlineData("""{"port": 80, "uris": ["a.b"]}""", "it has no host")]
    [InlineData("""{"host": "", "port": 80, "uris": ["a.b"]}""", "it has no host")]
    [InlineData("""{"host": "10.0.0.1", "uris": ["a.b"]}""", "it has no port")]
    [InlineData("""{"host": "10.0.0.1", "port": -1, "uris": ["a.b"]}""", "expected a port from 0 to 65535, found -1")]
    [InlineData("""{"host": "10.0.0.1", "tls_port": 65536, "uris": ["a.b"]}""", "expected a tls_port from 0 to 65535, found 65536")]
    [InlineData("""{"host": "10.0.0.1", "port": "80", "uris": ["a.b"]}""")]
    [InlineData("""{"host": "10.0.0.1", "port": 80}""", "it has no uris")]
    [InlineData("""{"host": "10.0.0.1", "port": 80, "uris": []}""", "it has no uris")]
    [InlineData("""{"host": "10.0.0.1", "port": 80, "uris": "a.b"}""")]
    [InlineData("""{"host": "10.0.0.1", "port": 80, "uris": ["a.b"], "route_service_url": "http://waf"}""", "its route_service_url is not https")]
    public void Read_OfSomethingElse_SaysWhy(string payload, string reason = "") =>
        Should.Throw<FormatException>(() => Read(payload)).Message.ShouldContain(reason);

    [Theory]
    [InlineData("cart.apps.example.com", "cart")]
    [InlineData("cart", "cart")]
    [InlineData("shop.example.com/cart/v1", "shop-cart-v1")]
    [InlineData("*.example.com", "")]
    [InlineData("*.example.com/x", "")]
    public void Service_IsTheFirstLabelWithThePath(string uri, string service) => RouteInstances.ServiceOf(uri).ShouldBe(service);

    private static RouteMessage Read(string payload) => RouteMessage.Read(Encoding.UTF8.GetBytes(payload));
}
