using System.Runtime.CompilerServices;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Kubernetes.Access;
using ControlPlane.Adapters.Kubernetes.Client;
using ControlPlane.Adapters.Kubernetes.State;
using ControlPlane.Adapters.Kubernetes.Watching;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Kubernetes;

/// <summary>
/// Reads the services of a Kubernetes cluster (Services, EndpointSlices, Pods, Nodes) and its configuration objects (ours, and the Gateway API's, where
/// their kinds are installed) and follows their changes.
/// </summary>
/// <param name="clusters">Where else the <c>Cluster</c> object may be; null: nowhere.</param>
public sealed class KubernetesAdapter(KubernetesAdapterOptions options, TimeProvider time, IClusterObjects? clusters = null) : IDiscoveryAdapter
{
    private readonly Dictionary<ObjectKey, ConfigObject> lastGood = [];

    public string Source => options.Source;

    /// <inheritdoc/>
    /// <exception cref="KubernetesException">The API server cannot be reached, or refuses.</exception>
    public async IAsyncEnumerable<DiscoveryEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Read anew each time: certificates and tokens in it are renewed.
        ClusterAccess access = options.Kubeconfig is { } path ? Kubeconfig.Load(path, options.Context, time) : InCluster.Load(time);
        using var client = new KubernetesClient(access, options.Times, time);
        await foreach (DiscoveryEvent happened in new KubernetesFeed(client, options, clusters, time).RunAsync(new KubernetesPicture(options, lastGood), cancellationToken))
        {
            yield return happened;
        }
    }
}
