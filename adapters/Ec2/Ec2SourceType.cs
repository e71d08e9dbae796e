using ControlPlane.Adapters.Aws.Budget;
using ControlPlane.Adapters.Aws.Sources;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Sources;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Ec2;

/// <summary><c>spec.ec2</c> of a Source: virtual machines whose tags say what they serve. See docs/sources/ec2.md.</summary>
public sealed class Ec2SourceType(AwsBudgets budgets) : AwsSourceType<Ec2Settings>(budgets)
{
    /// <inheritdoc/>
    public override string Name => "ec2";

    protected override Ec2Settings Read(FieldReader settings)
    {
        FieldReader filters = settings.Mapping("filters");
        return new Ec2Settings
        {
            Access = ReadAccess(settings),
            Filters = [.. filters.Names.Select(name => new KeyValuePair<string, IReadOnlyList<string>>(name, [.. filters.Texts(name)]))],
        };
    }

    protected override IDiscoveryAdapter Create(Ec2Settings settings, Source source, SourceContext context) =>
        context.Adapt(new Ec2Registry(settings, Connect(settings.Access, context), RefreshOf(source), context.Time), source);
}
