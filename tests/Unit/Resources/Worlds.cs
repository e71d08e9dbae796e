using System.Collections.Immutable;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Xds;
using ControlPlane.Xds.Resources.Naming;
using Google.Protobuf.WellKnownTypes;

namespace ControlPlane.Tests.Unit.Resources;

/// <summary>Snapshots of a small world, and proxies in it.</summary>
internal static class Worlds
{
    public static Cluster Cluster { get; } = new() { Name = Samples.Cluster, Locality = new Locality("eu", "a") };

    public static CatalogSnapshot Of(IEnumerable<ServiceRecord> services, params ConfigObject[] objects) => new()
    {
        Completeness = ControlPlane.Model.Catalog.Completeness.Complete,
        Services = services.ToImmutableDictionary(service => service.Service),
        Configuration = new ConfigRecord { Version = default, Objects = objects.Prepend(Cluster).ToValueList() },
    };

    public static ServiceRecord Service(string name, params Endpoint[] endpoints) => Service(name, [Samples.Http], endpoints);

    public static ServiceRecord Service(string name, ServicePort[] ports, params Endpoint[] endpoints) =>
        new() { Version = default, Service = Samples.Service(name), Ports = ports.ToValueList(), Endpoints = endpoints.ToValueList() };

    public static ProxyNode Sidecar(string ns = "shop") => Node(("kind", "sidecar"), ("cluster", Samples.Cluster), ("namespace", ns));

    public static ProxyNode Gateway(string name) => Node(("kind", "gateway"), ("cluster", Samples.Cluster), ("namespace", "shop"), ("gateway", name));

    public static ProxyNode Grpc() => Node(("kind", "grpc"), ("cluster", Samples.Cluster));

    public static ProxyNode Node(params (string Name, string Value)[] metadata)
    {
        var own = new Struct();
        foreach ((string name, string value) in metadata)
        {
            own.Fields[name] = Value.ForString(value);
        }
        return new ProxyNode("node", "", "", "", "", new Struct { Fields = { [ProxyMetadata.Key] = Value.ForStruct(own) } }, "", "", []);
    }
}
