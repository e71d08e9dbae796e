using Amazon.Runtime;

namespace ControlPlane.Adapters.Aws.Credentials;

/// <summary>Where the credentials of requests come from.</summary>
internal interface ICredentialSource : IDisposable
{
    /// <summary>Those that hold now.</summary>
    /// <exception cref="AwsException">There are none.</exception>
    Task<ImmutableCredentials> GetAsync(CancellationToken cancellationToken);

    /// <summary>AWS does not accept these: the next are looked for anew.</summary>
    void Forget(ImmutableCredentials refused);
}
