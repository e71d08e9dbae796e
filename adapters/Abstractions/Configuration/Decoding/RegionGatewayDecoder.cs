using System.Net;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary><c>RegionGateway</c>: a proxy that others go through, where it stands and where it is reached.</summary>
internal static class RegionGatewayDecoder
{
    private static readonly Dictionary<string, GatewayRole> Roles = new(StringComparer.OrdinalIgnoreCase)
    {
        ["east-west"] = GatewayRole.EastWest, ["egress"] = GatewayRole.Egress, ["internal"] = GatewayRole.Internal, ["ingress"] = GatewayRole.Ingress,
    };

    public static DecodedPart Decode(FieldReader spec, DecodeContext context)
    {
        if (!spec.Has("kind"))
        {
            spec.Refuse("kind", $"missing: one of {string.Join(", ", Roles.Keys)} was expected");
        }
        GatewayRole? said = spec.Choice("kind", Roles);
        GatewayRole role = said ?? GatewayRole.EastWest;
        string? mesh = spec.Text("mesh", Names.Label);
        string? network = spec.Text("network", Names.Label);
        int? port = spec.Number("port", 1, 65535);
        if (port is not null && said == GatewayRole.Ingress)
        {
            spec.Refuse("port", "an ingress gateway listens where the listeners of its Gateway say: remove the field");
        }
        if (mesh is not null)
        {
            context.Refer(spec, "mesh", "Mesh", "", mesh);
        }
        if (network is not null)
        {
            context.Refer(spec, "network", "Network", "", network);
        }
        int listens = port ?? DefaultPort(role);
        var gateway = new RegionGateway
        {
            Name = context.Metadata.Name,
            Origin = context.Origin,
            Role = role,
            Mesh = mesh ?? context.Options.Mesh ?? Cluster.DefaultMesh,
            Network = network ?? Cluster.DefaultNetwork,
            Locality = LocalityDecoder.Decode(spec.Mapping("locality")),
            Port = listens,
            Addresses = Addresses(spec, role, listens, context),
            Serves = Serves(spec, said, context),
        };
        spec.RefuseOthers();
        return new DecodedPart(gateway);
    }

    // Gateways of several kinds may share a machine.
    private static int DefaultPort(GatewayRole role) => role switch
    {
        GatewayRole.Egress => RegionGateway.DefaultPort + 1,
        GatewayRole.Internal => RegionGateway.DefaultPort + 2,
        _ => RegionGateway.DefaultPort,
    };

    private static ValueList<GatewayAddress> Addresses(FieldReader spec, GatewayRole role, int listens, DecodeContext context)
    {
        var addresses = new List<GatewayAddress>();
        // Who comes in through an ingress gateway finds it by himself.
        foreach (FieldReader reader in spec.Mappings("addresses", required: role != GatewayRole.Ingress))
        {
            string host = reader.RequiredText("host", Names.HostOrAddress);
            host = IPAddress.TryParse(host, out IPAddress? address) ? address.ToString() : host;
            int port = role == GatewayRole.Ingress ? reader.RequiredNumber("port", 1, 65535) : reader.Number("port", 1, 65535) ?? listens;
            ValueList<string> from = reader.Texts("from", Names.Label);
            for (int i = 0; i < from.Count; i++)
            {
                context.References.Add(new ObjectReference(
                    new ObjectKey("Network", "", from[i]), context.Problems.Where(reader.LineOf("from")), $"{reader.PathOf("from")}[{i}]"));
            }
            if (from.Distinct().Count() < from.Count)
            {
                reader.Refuse("from", "a network is there twice: remove one");
            }
            if (from.IsEmpty && role == GatewayRole.Egress)
            {
                reader.Refuse("from", "missing: the networks were expected whose workloads go out through this egress gateway");
            }
            if (host.Length > 0 && addresses.Any(other => other.Host == host && other.Port == port))
            {
                reader.Refuse("host", $"{host} with port {port} is there twice: remove one");
            }
            reader.RefuseOthers();
            addresses.Add(new GatewayAddress(host, port, from));
        }
        return addresses.ToValueList();
    }

    private static string Serves(FieldReader spec, GatewayRole? role, DecodeContext context)
    {
        string? gateway = spec.Text("gateway");
        if (gateway is null)
        {
            if (role == GatewayRole.Ingress && !spec.Has("gateway"))
            {
                spec.Refuse("gateway", "missing: the Gateway whose listeners it has was expected, NAMESPACE/NAME");
            }
            return "";
        }
        if (role is not (null or GatewayRole.Ingress))
        {
            spec.Refuse("gateway", "only an ingress gateway serves a Gateway: remove the field");
        }
        else if (gateway.Split('/') is [var ns, var name] && Names.Label(ns) is null && Names.Subdomain(name) is null)
        {
            context.Refer(spec, "gateway", "Gateway", ns, name);
        }
        else
        {
            spec.Refuse("gateway", $"expected NAMESPACE/NAME of a Gateway; found '{gateway}'");
        }
        return gateway;
    }
}
