using System.Runtime.CompilerServices;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Kubernetes.Secrets;

/// <summary>Shows people the Secrets that name clusters: a source without services that says whether they can be read, and what is wrong with them.</summary>
internal sealed class SecretsReport(string source, SecretsStatus status) : IDiscoveryAdapter
{
    private SecretsStatus.Step? said;

    public string Source => source;

    /// <inheritdoc/>
    /// <exception cref="KubernetesException">They cannot be read. It is thrown once for each reason: who reads them tries again, here it is only said.</exception>
    public async IAsyncEnumerable<DiscoveryEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        bool isSynced = false;
        try
        {
            await foreach (SecretsStatus.Step step in status.WatchAsync(cancellationToken))
            {
                if (step.Failure is { } failure && step != said)
                {
                    said = step;
                    throw new KubernetesException(failure);
                }
                if (step.Problems is not { } problems)
                {
                    continue;
                }
                yield return new Troubled(problems);
                if (!isSynced)
                {
                    isSynced = true;
                    yield return Begun.Instance;
                    yield return Synced.Instance;
                }
            }
        }
        finally
        {
            if (cancellationToken.IsCancellationRequested)
            {
                // Who holds the source next has not heard it.
                said = null;
            }
        }
    }
}
