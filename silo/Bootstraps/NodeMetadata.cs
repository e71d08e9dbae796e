using System.Text.Json.Nodes;
using ControlPlane.Xds.Resources.Naming;

namespace ControlPlane.Silo.Bootstraps;

/// <summary>Writes what a proxy says of itself, as <see cref="ProxyMetadata"/> reads it.</summary>
internal static class NodeMetadata
{
    public static JsonObject Write(ProxyMetadata metadata)
    {
        var own = new JsonObject
        {
            ["kind"] = metadata.Kind switch { ProxyKind.Gateway => "gateway", ProxyKind.Grpc => "grpc", _ => "sidecar" },
            ["cluster"] = metadata.Cluster,
            ["namespace"] = metadata.Namespace,
        };
        Add(own, "workload", metadata.Workload, "");
        Add(own, "address", metadata.Address, new ProxyMetadata { Kind = default, Cluster = "" }.Address);
        Add(own, "outboundAddress", metadata.OutboundAddress, ProxyMetadata.DefaultOutboundAddress);
        Add(own, "gateway", metadata.Gateway, "");
        if (!metadata.Inbound.IsEmpty)
        {
            own["inbound"] = new JsonArray([
                .. metadata.Inbound.Select(inbound => new JsonObject
                {
                    ["port"] = inbound.Port,
                    ["listen"] = inbound.Listen,
                    ["protocol"] = inbound.Protocol.ToString().ToUpperInvariant(),
                })]);
        }
        return new JsonObject { [ProxyMetadata.Key] = own };
    }

    public static JsonObject Locality(Model.Locality locality)
    {
        var written = new JsonObject();
        Add(written, "region", locality.Region, "");
        Add(written, "zone", locality.Zone, "");
        Add(written, "sub_zone", locality.SubZone, "");
        return written;
    }

    private static void Add(JsonObject own, string name, string value, string fallback)
    {
        if (value != fallback)
        {
            own[name] = value;
        }
    }
}
