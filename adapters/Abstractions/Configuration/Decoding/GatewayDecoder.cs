using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary><c>Gateway</c> of the Gateway API, v1: HTTP listeners of our own class.</summary>
internal static class GatewayDecoder
{
    /// <summary>In a file: the cluster that the gateway is in.</summary>
    public const string ClusterAnnotation = "controlplane/cluster";

    private static readonly Dictionary<string, RoutesFrom> From = Enum.GetValues<RoutesFrom>().ToDictionary(from => from.ToString());

    private static readonly Dictionary<string, bool> Protocols = new() { ["HTTP"] = true };

    public static DecodedPart Decode(FieldReader spec, DecodeContext context)
    {
        string className = spec.RequiredText("gatewayClassName");
        if (className is not (Gateway.ClassName or ""))
        {
            // Another controller's: it knows what the rest means.
            spec.Accept([.. spec.Names]);
            return default;
        }
        var listeners = new List<GatewayListener>();
        foreach (FieldReader reader in spec.Mappings("listeners", required: true))
        {
            GatewayListener listener = Listener(reader, context);
            if (listener.Name.Length > 0 && listeners.Any(other => other.Name == listener.Name))
            {
                reader.Refuse("name", $"another listener of this gateway has the name '{listener.Name}': choose another");
            }
            if (reader.Has("port") && listeners.Any(other => other.Port == listener.Port && other.Hostname == listener.Hostname))
            {
                reader.Refuse("port", $"another listener has port {listener.Port} and the same hostname: give one of them another hostname or port");
            }
            listeners.Add(listener);
        }
        spec.NotSupportedYet("addresses", "infrastructure", "allowedListeners", "tls", "defaultScope");
        spec.RefuseOthers();
        string cluster = context.Options.Cluster ?? context.Metadata.Annotation(ClusterAnnotation) ?? "";
        if (cluster.Length > 0 && context.Options.Cluster is null)
        {
            context.References.Add(new ObjectReference(
                new ObjectKey("Cluster", "", cluster), context.Problems.Where(spec.Line), $"metadata.annotations[{ClusterAnnotation}]"));
        }
        return new DecodedPart(new Gateway
        {
            Namespace = context.Metadata.Namespace,
            Name = context.Metadata.Name,
            Origin = context.Origin,
            Cluster = cluster,
            Listeners = listeners.ToValueList(),
        });
    }

    private static GatewayListener Listener(FieldReader reader, DecodeContext context)
    {
        string name = reader.RequiredText("name", Names.Subdomain);
        int port = reader.RequiredNumber("port", 1, 65535);
        if (!reader.Has("protocol"))
        {
            reader.Refuse("protocol", "missing: HTTP was expected");
        }
        reader.Choice("protocol", Protocols, later: ["HTTPS", "TLS", "TCP", "UDP"]);
        string hostname = reader.Text("hostname", Names.Hostname) ?? "";
        reader.NotSupportedYet("tls");
        (RoutesFrom from, NamespaceSelector? selector) = AllowedRoutes(reader.Mapping("allowedRoutes"), context);
        reader.RefuseOthers();
        return new GatewayListener(name, port, hostname, from, selector);
    }

    private static (RoutesFrom From, NamespaceSelector? Selector) AllowedRoutes(FieldReader reader, DecodeContext context)
    {
        (RoutesFrom, NamespaceSelector?) allowed = Namespaces(reader.Mapping("namespaces"), context);
        foreach (FieldReader kind in reader.Mappings("kinds"))
        {
            string? group = kind.Text("group");
            string name = kind.RequiredText("kind");
            if (name is not ("HTTPRoute" or "") || group is not (null or "gateway.networking.k8s.io"))
            {
                kind.Refuse("kind", $"{name} is not supported yet; expected HTTPRoute");
            }
            kind.RefuseOthers();
        }
        reader.RefuseOthers();
        return allowed;
    }

    private static (RoutesFrom From, NamespaceSelector? Selector) Namespaces(FieldReader reader, DecodeContext context)
    {
        RoutesFrom? from = reader.Choice("from", From, later: ["None"]);
        bool isSelecting = from == RoutesFrom.Selector;
        NamespaceSelector selector = NamespaceSelectorDecoder.Decode(reader.Mapping("selector", required: isSelecting), context.Options.Cluster ?? "");
        if (!selector.Requirements.IsEmpty && !isSelecting && (from is not null || !reader.Has("from")))
        {
            reader.Refuse("selector", "means something only with 'from: Selector': say that, or remove the field");
        }
        reader.RefuseOthers();
        return (from ?? RoutesFrom.Same, isSelecting ? selector : null);
    }
}
