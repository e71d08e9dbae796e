using ControlPlane.Adapters.Aws.Budget;
using ControlPlane.Adapters.Aws.Sources;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Sources;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Lambda;

/// <summary><c>spec.lambda</c> of a Source: functions whose tags say what they serve. See docs/sources/lambda.md.</summary>
public sealed class LambdaSourceType(AwsBudgets budgets) : AwsSourceType<LambdaSettings>(budgets)
{
    /// <inheritdoc/>
    public override string Name => "lambda";

    /// <summary>Seldom: tags are asked for function by function.</summary>
    public override TimeSpan? Refresh => TimeSpan.FromSeconds(60);

    protected override LambdaSettings Read(FieldReader settings) => new()
    {
        Access = ReadAccess(settings),
        UsesUrls = settings.Boolean("functionUrls") ?? false,
    };

    protected override IDiscoveryAdapter Create(LambdaSettings settings, Source source, SourceContext context)
    {
        // A selection says which functions are services; else their own tags do.
        bool isSelected = !source.Mapping.Select.IsEmpty;
        return context.Adapt(new LambdaRegistry(settings, isSelected, new LambdaApi(Connect(settings.Access, context)), RefreshOf(source), context.Time), source);
    }
}
