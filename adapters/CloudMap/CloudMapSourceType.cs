using ControlPlane.Adapters.Aws.Budget;
using ControlPlane.Adapters.Aws.Sources;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Sources;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.CloudMap;

/// <summary><c>spec.cloudMap</c> of a Source: AWS Cloud Map. See docs/sources/cloud-map.md.</summary>
public sealed class CloudMapSourceType(AwsBudgets budgets) : AwsSourceType<CloudMapSettings>(budgets)
{
    /// <inheritdoc/>
    public override string Name => "cloudMap";

    protected override CloudMapSettings Read(FieldReader settings) => new()
    {
        Access = ReadAccess(settings),
        Namespaces = settings.Texts("namespaces", Names.NotEmpty),
        IncludesEcs = settings.Boolean("includeEcs") ?? false,
    };

    protected override IDiscoveryAdapter Create(CloudMapSettings settings, Source source, SourceContext context) =>
        context.Adapt(new CloudMapRegistry(settings, Connect(settings.Access, context), RefreshOf(source), context.Time), source);
}
