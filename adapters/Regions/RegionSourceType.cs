using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Sources;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;

namespace ControlPlane.Adapters.Regions;

/// <summary><c>spec.region</c> of a Source: another region of the control plane, by its name. See docs/regions.md.</summary>
public sealed class RegionSourceType : SourceType<RegionSettings>
{
    /// <inheritdoc/>
    public override string Name => RegionSources.Type;

    /// <inheritdoc/>
    public override bool NamesClusters => true;

    protected override RegionSettings Read(FieldReader settings) => new()
    {
        Address = settings.Url("address", required: true) ?? new Uri("http://localhost"),
        Exports = settings.Has("exports") ? settings.Mappings("exports").Select(ReadRule).ToValueList() : [ExportRule.Everything],
    };

    protected override IDiscoveryAdapter Create(RegionSettings settings, Source source, SourceContext context) => new RegionAdapter(
        source.Name, settings,
        context.Region ?? throw new InvalidDataException("this region has no name for others: start it with --region NAME"), context.Calls, context.Time);

    private static ExportRule ReadRule(FieldReader rule)
    {
        var read = new ExportRule(Part(rule, "mesh"), Part(rule, "namespace"), Part(rule, "service"));
        rule.RefuseOthers();
        return read;
    }

    private static string Part(FieldReader rule, string name) => rule.Text(name, text => text == "*" ? null : Names.Label(text)) ?? "*";
}
