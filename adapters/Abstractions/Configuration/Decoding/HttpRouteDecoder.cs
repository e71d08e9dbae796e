using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary><c>HTTPRoute</c> of the Gateway API, v1.</summary>
internal static class HttpRouteDecoder
{
    private const int MaximumWeight = 1_000_000;

    public static DecodedPart Decode(FieldReader spec, DecodeContext context)
    {
        var route = new HttpRoute
        {
            Namespace = context.Metadata.Namespace,
            Name = context.Metadata.Name,
            Origin = context.Origin,
            Parents = spec.Mappings("parentRefs", required: true).Select(reader => Parent(reader, context)).ToValueList(),
            Hostnames = spec.Texts("hostnames", Names.Hostname),
            Rules = spec.Mappings("rules").Select(reader => Rule(reader, context)).ToValueList(),
        };
        spec.NotSupportedYet("useDefaultGateways");
        spec.RefuseOthers();
        return new DecodedPart(route);
    }

    private static ParentReference Parent(FieldReader reader, DecodeContext context)
    {
        ReferenceKind(reader, "gateway.networking.k8s.io", "Gateway");
        var parent = new ParentReference(
            reader.Text("namespace", Names.Label) ?? context.Metadata.Namespace,
            reader.RequiredText("name", Names.Subdomain),
            reader.Text("sectionName", Names.Subdomain) ?? "",
            reader.Number("port", 1, 65535) ?? 0);
        if (parent.Name.Length > 0)
        {
            context.Refer(reader, "name", "Gateway", parent.Namespace, parent.Name);
        }
        reader.RefuseOthers();
        return parent;
    }

    private static HttpRouteRule Rule(FieldReader reader, DecodeContext context)
    {
        var rule = new HttpRouteRule(
            reader.Mappings("matches").Select(HttpMatchDecoder.Decode).ToValueList(),
            reader.Mappings("backendRefs").Select(backend => Backend(backend, context)).ToValueList());
        reader.Text("name", Names.Subdomain);
        reader.NotSupportedYet("filters", "timeouts", "retry", "sessionPersistence");
        reader.RefuseOthers();
        return rule;
    }

    private static BackendReference Backend(FieldReader reader, DecodeContext context)
    {
        ReferenceKind(reader, "", "Service");
        var backend = new BackendReference(
            reader.Text("namespace", Names.Label) ?? context.Metadata.Namespace,
            reader.RequiredText("name", Names.Label),
            reader.RequiredNumber("port", 1, 65535),
            reader.Number("weight", 0, MaximumWeight) ?? 1);
        if (backend.Namespace != context.Metadata.Namespace && !context.Options.CrossNamespaceBackends)
        {
            reader.Refuse("namespace", "a service of another namespace needs a ReferenceGrant there, and those are not supported yet");
        }
        reader.NotSupportedYet("filters");
        reader.RefuseOthers();
        return backend;
    }

    private static void ReferenceKind(FieldReader reader, string group, string kind)
    {
        string named = $"{reader.Text("group") ?? group}/{reader.Text("kind") ?? kind}".TrimStart('/');
        string expected = $"{group}/{kind}".TrimStart('/');
        if (named != expected)
        {
            reader.Refuse("kind", $"{named} is not supported yet; expected {expected}");
        }
    }
}
