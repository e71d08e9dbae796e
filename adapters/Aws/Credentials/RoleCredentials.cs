using Amazon.Runtime;
using ControlPlane.Adapters.Aws.Client;

namespace ControlPlane.Adapters.Aws.Credentials;

/// <summary>Credentials of a role that others take on. The SDK renews them before they end.</summary>
/// <param name="client">Has the credentials of those who take the role on. Disposed of with this.</param>
internal sealed class RoleCredentials(AwsAccess access, AwsClient client) : RefreshingAWSCredentials, ICredentialSource
{
    private ImmutableCredentials? last;

    public async Task<ImmutableCredentials> GetAsync(CancellationToken cancellationToken) =>
        last = await GetCredentialsAsync().WaitAsync(cancellationToken);

    public void Forget(ImmutableCredentials refused)
    {
        if (refused.Equals(last))
        {
            ClearCredentials();
        }
    }

    protected override Task<CredentialsRefreshState> GenerateNewCredentialsAsync() => AssumeRole.CallAsync(client, access, CancellationToken.None);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            client.Dispose();
        }
        base.Dispose(disposing);
    }
}
