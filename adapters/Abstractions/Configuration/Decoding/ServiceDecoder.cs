using ControlPlane.Model;

namespace ControlPlane.Adapters.Configuration;

/// <summary>Our own <c>Service</c>, for files: ports and the endpoints that serve them, in any number of clusters of one mesh; or a host name.</summary>
internal static class ServiceDecoder
{
    public static DecodedPart Decode(FieldReader spec, DecodeContext context)
    {
        string? mesh = spec.Text("mesh", Names.Label);
        ValueList<ServicePort> ports = Ports(spec);
        string? externalName = spec.Text("externalName", Names.Host);
        if (externalName is not null && spec.Has("endpoints"))
        {
            spec.Refuse("externalName", "a service is either a host name or has endpoints: remove one of them");
        }
        ValueList<EndpointDeclaration> endpoints = externalName is null ? EndpointDecoder.Decode(spec, ports, context) : [];
        spec.RefuseOthers();
        return new DecodedPart(null, new ServiceDeclaration
        {
            Namespace = context.Metadata.Namespace,
            Name = context.Metadata.Name,
            Mesh = mesh,
            Ports = ports,
            Endpoints = endpoints,
            ExternalName = externalName ?? "",
            Labels = context.Metadata.Labels,
            Origin = context.Origin,
        });
    }

    private static ValueList<ServicePort> Ports(FieldReader spec)
    {
        IReadOnlyList<FieldReader> readers = spec.Mappings("ports", required: true);
        var ports = new List<ServicePort>();
        foreach (FieldReader reader in readers)
        {
            string name = reader.Text("name", Names.Label) ?? "";
            int port = reader.RequiredNumber("port", 1, 65535);
            Protocol protocol = reader.Choice("protocol", PortProtocol.Words) ?? PortProtocol.Of(null, name);
            if (name.Length == 0 && readers.Count > 1 && !reader.Has("name"))
            {
                reader.Refuse("name", "missing: each port of a service with several needs a name");
            }
            if (name.Length > 0 && ports.Any(other => other.Name == name))
            {
                reader.Refuse("name", $"the name '{name}' is taken by another port of this service: choose another");
            }
            if (reader.Has("port") && ports.Any(other => other.Port == port))
            {
                reader.Refuse("port", $"port {port} is there twice: remove one");
            }
            int loopback = reader.Number("loopbackPort", 1, 65535) ?? 0;
            if (loopback > 0 && protocol.IsHttp())
            {
                reader.Refuse("loopbackPort", "only for tcp and tls: http, http2 and grpc are routed by host name");
            }
            reader.RefuseOthers();
            ports.Add(new ServicePort(name, port, protocol) { LoopbackPort = loopback });
        }
        return ports.ToValueList();
    }
}
