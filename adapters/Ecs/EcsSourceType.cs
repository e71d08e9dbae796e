using ControlPlane.Adapters.Aws.Budget;
using ControlPlane.Adapters.Aws.Client;
using ControlPlane.Adapters.Aws.Sources;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Ecs.Api;
using ControlPlane.Adapters.Sources;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Ecs;

/// <summary><c>spec.ecs</c> of a Source: ECS clusters, on Fargate and on EC2. See docs/sources/ecs.md.</summary>
public sealed class EcsSourceType(AwsBudgets budgets) : AwsSourceType<EcsSettings>(budgets)
{
    /// <inheritdoc/>
    public override string Name => "ecs";

    protected override EcsSettings Read(FieldReader settings) => new()
    {
        Access = ReadAccess(settings),
        Clusters = settings.Texts("clusters", Names.NotEmpty),
        Services = settings.Texts("services", Names.NotEmpty),
    };

    protected override IDiscoveryAdapter Create(EcsSettings settings, Source source, SourceContext context)
    {
        AwsClient client = Connect(settings.Access, context);
        return context.Adapt(new EcsRegistry(settings, new EcsApi(client), RefreshOf(source), context.Time), source);
    }
}
