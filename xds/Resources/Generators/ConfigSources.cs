using Envoy.Config.Core.V3;

namespace ControlPlane.Xds.Resources.Generators;

internal static class ConfigSources
{
    /// <summary>"From the stream that this came from."</summary>
    public static ConfigSource Ads => new() { Ads = new AggregatedConfigSource(), ResourceApiVersion = ApiVersion.V3 };
}

internal static class Addresses
{
    public static Address Of(string address, int port) =>
        new() { SocketAddress = new SocketAddress { Address = address, PortValue = (uint)port } };
}
