using ControlPlane.Adapters.Configuration;
using ControlPlane.Model;

namespace ControlPlane.Tests.Unit.Configuration;

public sealed class PortProtocolTests
{
    [Theory]
    [InlineData("http", "", Protocol.Http)]
    [InlineData("kubernetes.io/h2c", "http", Protocol.Http2)]
    [InlineData("kubernetes.io/ws", "", Protocol.Http)]
    [InlineData("kubernetes.io/wss", "", Protocol.Tls)]
    [InlineData("grpc", "", Protocol.Grpc)]
    [InlineData("https", "http", Protocol.Tls)]
    [InlineData("tls", "", Protocol.Tls)]
    [InlineData("tcp", "http", Protocol.Tcp)]
    [InlineData("mycompany.com/own", "http", Protocol.Tcp)]
    [InlineData(null, "http", Protocol.Http)]
    [InlineData(null, "http-metrics", Protocol.Http)]
    [InlineData("", "http2-web", Protocol.Http2)]
    [InlineData(null, "grpc", Protocol.Grpc)]
    [InlineData(null, "grpc-web", Protocol.Http)]
    [InlineData(null, "https-admin", Protocol.Tls)]
    [InlineData(null, "httpx", Protocol.Tcp)]
    [InlineData(null, "", Protocol.Tcp)]
    public void Of_AppProtocolAndName_IsAsUsersExpect(string? appProtocol, string name, Protocol expected) =>
        PortProtocol.Of(appProtocol, name).ShouldBe(expected);
}
