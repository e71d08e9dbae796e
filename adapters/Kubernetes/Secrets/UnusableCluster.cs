using System.Runtime.CompilerServices;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Kubernetes.Secrets;

/// <summary>A cluster whose Secret never held a kubeconfig that could be used: it says so once, and what is known of the cluster from before stays.</summary>
internal sealed class UnusableCluster(string source, Problem problem) : IDiscoveryAdapter
{
    private bool isSaid;

    public string Source => source;

    /// <inheritdoc/>
    public async IAsyncEnumerable<DiscoveryEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!isSaid)
        {
            isSaid = true;
            yield return new Troubled([problem]);
            throw new KubernetesException(problem.ToString());
        }
        try
        {
            // Another content of the Secret is another adapter.
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
        finally
        {
            isSaid = false;
        }
    }
}
