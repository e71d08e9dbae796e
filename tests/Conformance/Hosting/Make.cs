using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace ControlPlane.Tests.Conformance.Hosting;

/// <summary>Resources for tests; the number makes the content another one.</summary>
internal static class Make
{
    /// <summary>A cluster whose endpoints come by EDS, under its own name.</summary>
    public static Resource Cluster(string name, int number = 1, string origin = "")
    {
        var cluster = new Cluster
        {
            Name = name,
            ConnectTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(number)),
            Type = Envoy.Config.Cluster.V3.Cluster.Types.DiscoveryType.Eds,
            EdsClusterConfig = new Cluster.Types.EdsClusterConfig
            {
                EdsConfig = new ConfigSource { Ads = new AggregatedConfigSource(), ResourceApiVersion = ApiVersion.V3 },
            },
        };
        return Resource.Create(
            TypeUrls.Cluster, name, cluster.ToByteArray(), origin, [new ResourceReference(TypeUrls.ClusterLoadAssignment, name)]);
    }

    /// <param name="secret">The secret that its endpoints need.</param>
    /// <param name="listener">The listener of the proxy itself that one of its endpoints is.</param>
    public static Resource Assignment(string name, int port = 1, string origin = "", string? secret = null, string? listener = null)
    {
        var assignment = new ClusterLoadAssignment
        {
            ClusterName = name,
            Endpoints =
            {
                new LocalityLbEndpoints
                {
                    LbEndpoints =
                    {
                        new LbEndpoint
                        {
                            Endpoint = new Envoy.Config.Endpoint.V3.Endpoint
                            {
                                Address = new Address { SocketAddress = new SocketAddress { Address = "127.0.0.1", PortValue = (uint)port } },
                            },
                        },
                    },
                },
            },
        };
        return Resource.Create(
            TypeUrls.ClusterLoadAssignment, name, assignment.ToByteArray(), origin,
            secret is not null ? [new ResourceReference(TypeUrls.Secret, secret)] : listener is not null ? [new ResourceReference(TypeUrls.Listener, listener)] : []);
    }

    /// <summary>A resource whose content is its name and a number.</summary>
    public static Resource Plain(string typeUrl, string name, int number = 1, string[]? clusters = null, string[]? aliases = null)
    {
        byte[] message = [.. new ClusterLoadAssignment { ClusterName = name }.ToByteArray(), 0x78, (byte)number];
        return Resource.Create(
            typeUrl, name, message, $"origin of {name}", [.. (clusters ?? []).Select(cluster => new ResourceReference(TypeUrls.Cluster, cluster))],
            aliases is null ? default : [.. aliases]);
    }

    /// <summary>Of any type.</summary>
    public static Resource Any(string typeUrl, string name, int number = 1) => typeUrl switch
    {
        TypeUrls.Cluster => Cluster(name, number),
        TypeUrls.ClusterLoadAssignment => Assignment(name, number),
        _ => Plain(typeUrl, name, number),
    };

    public static Resource Route(string name, int number, params string[] clusters) => Plain(TypeUrls.RouteConfiguration, name, number, clusters);
}
