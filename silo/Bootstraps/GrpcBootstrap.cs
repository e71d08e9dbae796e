using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ControlPlane.Silo.Bootstraps;

/// <summary>The bootstrap file of a gRPC client without a proxy (gRFC A27): the file that <c>GRPC_XDS_BOOTSTRAP</c> names.</summary>
internal static class GrpcBootstrap
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <remarks>gRPC uses the first server that it knows how to speak to: several replicas go behind one name.</remarks>
    public static string Write(BootstrapOptions options)
    {
        string credentials = options.Authorities is null ? "insecure" : "tls";
        var channel = new JsonObject { ["type"] = credentials };
        if (options.Authorities is not null)
        {
            channel["config"] = new JsonObject { ["ca_certificate_file"] = options.Authorities };
        }
        return new JsonObject
        {
            ["xds_servers"] = new JsonArray([
                .. options.Servers.Select(server => new JsonObject
                {
                    ["server_uri"] = $"{server.Host}:{server.Port}",
                    ["channel_creds"] = new JsonArray(channel.DeepClone()),
                    ["server_features"] = new JsonArray("xds_v3"),
                })]),
            ["node"] = new JsonObject
            {
                ["id"] = options.Node,
                ["cluster"] = options.Metadata.Cluster,
                ["locality"] = NodeMetadata.Locality(options.Locality),
                ["metadata"] = NodeMetadata.Write(options.Metadata),
            },
        }.ToJsonString(Format) + "\n";
    }
}
