using ControlPlane.Adapters.Aws.Budget;
using ControlPlane.Adapters.Aws.Client;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Sources;

namespace ControlPlane.Adapters.Aws.Sources;

/// <summary>A kind of registry at AWS: all of them get at their account in the same way.</summary>
/// <param name="budgets">The process' one.</param>
public abstract class AwsSourceType<TSettings>(AwsBudgets budgets) : SourceType<TSettings>
    where TSettings : class
{
    /// <inheritdoc/>
    public override TimeSpan? Refresh => TimeSpan.FromSeconds(15);

    protected AwsClient Connect(AwsAccess access, SourceContext context) => new(access, budgets, context.Calls, context.Time);

    /// <summary>Reads the fields that say how to get at the account.</summary>
    protected static AwsAccess ReadAccess(FieldReader settings)
    {
        FieldReader endpoints = settings.Mapping("endpoints");
        var byService = new Dictionary<string, Uri>(StringComparer.Ordinal);
        foreach (string service in endpoints.Names)
        {
            if (endpoints.Url(service) is { } address)
            {
                byService[service] = address;
            }
        }
        return new AwsAccess
        {
            Region = settings.RequiredText("region", Names.Label),
            Profile = settings.Text("profile", Names.NotEmpty),
            AssumeRoleArn = settings.Text("roleArn", RoleArn),
            ExternalId = settings.Text("externalId", Names.NotEmpty),
            Endpoint = settings.Url("endpoint"),
            Endpoints = byService,
            RequestsPerSecond = settings.Number("requestsPerSecond", 1, 1000) ?? 10,
        };
    }

    private static string? RoleArn(string text) =>
        text.StartsWith("arn:", StringComparison.Ordinal) && text.Contains(":role/", StringComparison.Ordinal)
            ? null
            : "expected a role's ARN, such as arn:aws:iam::123456789012:role/controlplane";
}
