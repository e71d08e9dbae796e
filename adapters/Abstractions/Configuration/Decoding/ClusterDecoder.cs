using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary><c>Cluster</c>: a named place where workloads run.</summary>
internal static class ClusterDecoder
{
    public static DecodedPart Decode(FieldReader spec, DecodeContext context)
    {
        string? network = spec.Text("network", Names.Label);
        if (network is not null)
        {
            context.Refer(spec, "network", "Network", "", network);
        }
        var cluster = new Cluster
        {
            Name = context.Metadata.Name,
            Origin = context.Origin,
            Platform = spec.Text("platform", Names.NotEmpty) ?? "",
            Network = network ?? Cluster.DefaultNetwork,
            Mesh = spec.Text("mesh", Names.Label) ?? Cluster.DefaultMesh,
            Locality = LocalityDecoder.Decode(spec.Mapping("locality")),
        };
        spec.RefuseOthers();
        return new DecodedPart(cluster);
    }
}
