using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;

namespace ControlPlane.Adapters.Aws.Credentials;

/// <summary>Credentials as the AWS SDK finds and renews them: a profile, or its usual search.</summary>
internal sealed class SdkCredentials(string? profile) : ICredentialSource
{
    private readonly SemaphoreSlim gate = new(1);
    private AWSCredentials? found;
    private ImmutableCredentials? last;

    public async Task<ImmutableCredentials> GetAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            AWSCredentials source = found ??= await FindAsync(cancellationToken);
            return last = await source.GetCredentialsAsync().WaitAsync(cancellationToken) ?? throw Missing("they are anonymous");
        }
        catch (Exception error) when (error is not OperationCanceledException and not AwsException)
        {
            found = null;
            // What failed inside may quote what a program printed or a file holds: only its kind is told.
            throw Missing(error.GetType().Name);
        }
        finally
        {
            gate.Release();
        }
    }

    public void Forget(ImmutableCredentials refused)
    {
        // Another request may have renewed them meanwhile.
        if (ReferenceEquals(refused, last) || refused.Equals(last))
        {
            (found as RefreshingAWSCredentials)?.ClearCredentials();
            found = null;
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task<AWSCredentials> FindAsync(CancellationToken cancellationToken)
    {
        if (profile is null)
        {
            using var search = new DefaultAWSCredentialsIdentityResolver();
            return await search.ResolveIdentityAsync(null, cancellationToken);
        }
        return new CredentialProfileStoreChain().TryGetAWSCredentials(profile, out AWSCredentials credentials)
            ? credentials
            : throw new AwsException($"the AWS profile {profile} is not in the shared configuration files, or names no credentials");
    }

    private AwsException Missing(string why) => new(profile is null
        ? $"no AWS credentials were found in the environment, a web identity, the default profile, the container or the instance ({why}): give some, or name a profile"
        : $"the AWS profile {profile} gives no credentials ({why})");
}
