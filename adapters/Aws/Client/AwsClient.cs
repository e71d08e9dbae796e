using Amazon.Runtime;
using ControlPlane.Adapters.Aws.Budget;
using ControlPlane.Adapters.Aws.Credentials;
using ControlPlane.Adapters.Aws.Signing;

namespace ControlPlane.Adapters.Aws.Client;

/// <summary>
/// Sends requests to the services of one region as one identity: signed, within the budget, and again where that may help. The protocols
/// (<see cref="Protocols"/>) are built on it.
/// </summary>
public sealed class AwsClient : IDisposable
{
    private const int MostTries = 5;

    private readonly AwsAccess access;
    private readonly AwsBudget budget;
    private readonly ICredentialSource credentials;
    private readonly SigningClock clock;
    private readonly AwsTransport transport;
    private readonly TimeProvider time;

    /// <param name="budgets">The process' one. Not disposed of.</param>
    public AwsClient(AwsAccess access, AwsBudgets budgets, IApiCallObserver observer, TimeProvider time)
        : this(access, budgets, observer, time, AwsTransport.Handler(), CredentialsOf(access, budgets, observer, time))
    {
    }

    /// <param name="handler">Disposed of with the client.</param>
    /// <param name="credentials">Disposed of with the client.</param>
    internal AwsClient(
        AwsAccess access, AwsBudgets budgets, IApiCallObserver observer, TimeProvider time, HttpMessageHandler handler, ICredentialSource credentials)
    {
        this.access = access;
        this.credentials = credentials;
        this.time = time;
        budget = budgets.Get(access);
        clock = new SigningClock(time);
        transport = new AwsTransport(access, observer, clock, time, handler);
    }

    /// <summary>Where an operation is called: at AWS, or where the settings say.</summary>
    public Uri EndpointOf(AwsOperation operation) => AwsEndpoints.Of(access, operation);

    /// <param name="read">
    /// Makes the answer of the body of a success. Throws <see cref="FormatException"/>, or what the readers of JSON and XML throw, where it cannot.
    /// </param>
    /// <exception cref="AwsException">There is no answer, or an error.</exception>
    public async Task<T> SendAsync<T>(AwsRequest request, Func<ReadOnlyMemory<byte>, T> read, CancellationToken cancellationToken)
    {
        bool renewed = false;
        bool corrected = false;
        for (int tries = 1; ; tries++)
        {
            await budget.WaitAsync(cancellationToken);
            ImmutableCredentials current = await credentials.GetAsync(cancellationToken);
            AwsAttempt<T> attempt = await transport.TryAsync(request, current, read, cancellationToken);
            if (attempt.Failure is not { } failure)
            {
                budget.Answered();
                return attempt.Value!;
            }
            if (failure.Kind == AwsFailureKind.Throttled)
            {
                budget.Throttled();
            }
            if (failure.MayPass && tries < MostTries)
            {
                await Task.Delay(BackOff.After(tries, failure.RetryAfter), time, cancellationToken);
            }
            else if (!corrected && AwsErrorCodes.MayBeSkew(failure.Code) && clock.Correct(failure.Date))
            {
                corrected = true;
            }
            else if (!renewed && failure.Kind == AwsFailureKind.Credentials)
            {
                renewed = true;
                credentials.Forget(current);
            }
            else
            {
                throw failure.ToException(request.Operation, access.Region, tries);
            }
        }
    }

    public void Dispose()
    {
        transport.Dispose();
        credentials.Dispose();
    }

    private static ICredentialSource CredentialsOf(AwsAccess access, AwsBudgets budgets, IApiCallObserver observer, TimeProvider time) =>
        access.AssumeRoleArn is null
            ? new SdkCredentials(access.Profile)
            : new RoleCredentials(access, new AwsClient(access with { AssumeRoleArn = null }, budgets, observer, time));
}
