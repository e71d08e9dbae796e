using Amazon.Runtime;
using ControlPlane.Adapters.Aws.Credentials;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>Credentials that nobody checks; each time they are refused, the next ones.</summary>
internal sealed class TestCredentials : ICredentialSource
{
    private int generation;

    public int Generation => generation;

    public Task<ImmutableCredentials> GetAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new ImmutableCredentials($"testing{generation}", "testing", null));

    public void Forget(ImmutableCredentials refused) => generation++;

    public void Dispose()
    {
    }
}
