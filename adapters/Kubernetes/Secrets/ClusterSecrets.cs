using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ControlPlane.Adapters.Kubernetes.Access;
using ControlPlane.Adapters.Kubernetes.Client;
using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Adapters.Kubernetes.Watching;
using ControlPlane.Adapters.Sources;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Adapters.Kubernetes.Secrets;

/// <summary>
/// The clusters that labelled Secrets of one cluster name: each key of a Secret is a cluster's name, its value the kubeconfig. They are watched while a
/// Secret names them. While the Secrets cannot be read, the clusters that are known stay.
/// </summary>
public sealed partial class ClusterSecrets(ClusterSecretsOptions options, IClusterObjects clusters, TimeProvider time, ILogger<ClusterSecrets> logger) : ISourceProvider
{
    private static readonly TimeSpan BackOff = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxBackOff = TimeSpan.FromSeconds(10);

    private readonly SecretKubeconfigs kubeconfigs = new(time);
    private readonly SecretsStatus status = new();

    /// <summary>Says over REST whether the Secrets can be read, and what is wrong with them.</summary>
    public SourceDefinition Report => new(options.Source, "", () => new SecretsReport(options.Source, status));

    /// <inheritdoc/>
    public async IAsyncEnumerable<IReadOnlyCollection<SourceDefinition>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TimeSpan wait = BackOff;
        while (true)
        {
            await using IAsyncEnumerator<NamedClusters> reading = ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await NextAsync(reading, cancellationToken) is { } now)
            {
                wait = BackOff;
                status.Known(now.Problems);
                yield return [.. now.Clusters.Select(Define)];
            }
            await Task.Delay(wait * RandomNumberGenerator.GetInt32(50, 150) / 100, time, cancellationToken);
            wait = wait * 2 < MaxBackOff ? wait * 2 : MaxBackOff;
        }
    }

    /// <returns>Null: they cannot be read.</returns>
    private async Task<NamedClusters?> NextAsync(IAsyncEnumerator<NamedClusters> reading, CancellationToken cancellationToken)
    {
        try
        {
            return await reading.MoveNextAsync() ? reading.Current : null;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            if (status.Failed(error.Message))
            {
                LogFailed(logger, options.Source, error.Message);
            }
            return null;
        }
    }

    private async IAsyncEnumerable<NamedClusters> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        KubernetesTimes times = options.Home.Times;
        // Read anew each time: certificates and tokens in it are renewed.
        using var client = new KubernetesClient(ClusterAccess.Of(options.Home, time), times, time) { Rights = "deploy/kubernetes/cluster-secrets.yaml" };
        var picture = new SecretsPicture(options, kubeconfigs);
        var feed = new PictureFeed<SecretsPicture>();
        foreach ((int index, string label) in SecretsPicture.Labels.Index())
        {
            var watch = new ResourceWatch<SecretObject>(
                client, new ResourcePath("", "v1", "secrets", options.Namespace, label),
                KubernetesJson.Default.ListPageSecretObject, KubernetesJson.Default.WatchEventSecretObject, times, time);
            feed.Add(token => watch.RunAsync(isOptional: false, happened => feed.ChangeAsync(to => to.Apply(index, happened), token), token));
        }
        await foreach (NamedClusters now in feed.RunAsync(picture, picture.Take, cancellationToken))
        {
            yield return now;
        }
    }

    private SourceDefinition Define(NamedCluster cluster)
    {
        // Who writes configuration objects there decides about that cluster only if somebody here says so, by naming it otherwise.
        var watched = new KubernetesAdapterOptions { Cluster = cluster.Name, ReadsConfiguration = false, Times = options.Home.Times };
        return new SourceDefinition(watched.Source, cluster.Revision, () => cluster.Kubeconfig is { } kubeconfig
            ? new KubernetesAdapter(watched, () => Kubeconfig.Load(kubeconfig, null, time), time, clusters)
            : new UnusableCluster(watched.Source, cluster.Problem!));
    }

    [LoggerMessage(1, LogLevel.Warning, "{Source} cannot be read, the clusters that are known stay: {Reason}")]
    private static partial void LogFailed(ILogger logger, string source, string reason);
}
