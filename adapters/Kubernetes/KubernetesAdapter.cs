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
public sealed class KubernetesAdapter : IDiscoveryAdapter
{
    private readonly Dictionary<ObjectKey, ConfigObject> lastGood = [];
    private readonly KubernetesAdapterOptions options;
    private readonly Func<ClusterAccess> open;
    private readonly IClusterObjects? clusters;
    private readonly TimeProvider time;

    /// <param name="clusters">Where else the <c>Cluster</c> object may be; null: nowhere.</param>
    public KubernetesAdapter(KubernetesAdapterOptions options, TimeProvider time, IClusterObjects? clusters = null)
        : this(options, () => ClusterAccess.Of(options, time), time, clusters)
    {
    }

    /// <param name="open">How the cluster is reached.</param>
    /// <param name="clusters">As above.</param>
    internal KubernetesAdapter(KubernetesAdapterOptions options, Func<ClusterAccess> open, TimeProvider time, IClusterObjects? clusters)
    {
        this.options = options;
        this.open = open;
        this.time = time;
        this.clusters = clusters;
    }

    public string Source => options.Source;

    /// <inheritdoc/>
    /// <exception cref="KubernetesException">The API server cannot be reached, or refuses.</exception>
    public async IAsyncEnumerable<DiscoveryEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Read anew each time: certificates and tokens in it are renewed.
        using var client = options.ReadsConfiguration
            ? new KubernetesClient(open(), options.Times, time)
            : new KubernetesClient(open(), options.Times, time) { Rights = "deploy/kubernetes/remote-cluster.yaml" };
        await foreach (DiscoveryEvent happened in new KubernetesFeed(client, options, clusters, time).RunAsync(new KubernetesPicture(options, lastGood), cancellationToken))
        {
            yield return happened;
        }
    }
}
