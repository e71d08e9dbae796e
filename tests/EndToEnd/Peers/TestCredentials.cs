using Amazon.Runtime;
using ControlPlane.Adapters.Aws.Credentials;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>Credentials that nobody checks; each time they are refused, the next ones.</summary>
internal sealed class TestCredentials : ICredentialSource
{
    /// <summary>What processes are given that sign requests: the control plane, and Envoy where it calls functions.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Environment = new Dictionary<string, string?>
    {
        ["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE",
        ["AWS_SECRET_ACCESS_KEY"] = "testing",
    };

    private int generation;

    public int Generation => generation;

    public Task<ImmutableCredentials> GetAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new ImmutableCredentials($"testing{generation}", "testing", null));

    public void Forget(ImmutableCredentials refused) => generation++;

    public void Dispose()
    {
    }
}
