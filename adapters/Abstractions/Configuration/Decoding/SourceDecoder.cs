using ControlPlane.Adapters.Instances;
using ControlPlane.Adapters.Sources;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary><c>Source</c>: a registry to be watched. One field of its spec, named as the kind of registry, holds that registry's settings.</summary>
internal static class SourceDecoder
{
    public static DecodedPart Decode(FieldReader spec, DecodeContext context)
    {
        int? refresh = spec.Number("refreshSeconds", 1, 3600);
        var source = new Source
        {
            Name = context.Metadata.Name,
            Origin = context.Origin,
            Type = "",
            Cluster = "",
            RefreshSeconds = refresh,
            MaxRemovalPercent = spec.Number("maxRemovalPercent", 0, 100),
        };
        SourceTypes types = context.Options.Sources;
        string[] named = [.. types.Names.Where(spec.Has).Order(StringComparer.Ordinal)];
        if (named.Length != 1)
        {
            spec.Refuse(named.Length == 0 ? "" : named[1], $"expected one of the fields {string.Join(", ", types.Names.Order(StringComparer.Ordinal))}, which says what kind of registry it is");
        }
        if (named is [var name, ..])
        {
            ISourceType type = types.Find(name)!;
            FieldReader settings = spec.Mapping(name);
            type.Check(settings);
            if (refresh is not null && type.Refresh is null)
            {
                spec.Refuse("refreshSeconds", $"a {name} source says its changes by itself: remove the field");
            }
            source = source with { Type = name, Settings = settings.ToJson() };
        }
        if (named is not [var only] || !types.Find(only)!.NamesClusters)
        {
            source = source with { Cluster = Cluster(spec, context), Mapping = Mapping(spec.Mapping("mapping")) };
        }
        spec.RefuseOthers();
        return new DecodedPart(source);
    }

    private static string Cluster(FieldReader spec, DecodeContext context)
    {
        string cluster = spec.RequiredText("cluster", Names.Label);
        if (cluster.Length > 0)
        {
            context.Refer(spec, "cluster", "Cluster", "", cluster);
        }
        return cluster;
    }

    private static SourceMapping Mapping(FieldReader mapping)
    {
        FieldReader select = mapping.Mapping("select");
        var read = new SourceMapping
        {
            Service = mapping.Text("service", NameTemplate.Check) ?? SourceMapping.Default.Service,
            Namespace = mapping.Text("namespace", NameTemplate.Check) ?? SourceMapping.Default.Namespace,
            Port = mapping.Number("port", 1, 65535),
            Protocol = mapping.Choice("protocol", PortProtocol.Words),
            Select = select.Names.Select(name => new Label(name, select.Text(name) ?? "")).ToValueList(),
        };
        mapping.RefuseOthers();
        return read;
    }
}
