using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Adapters.Kubernetes.Watching;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Kubernetes.Secrets;

/// <summary>The Secrets that name clusters, as one watch of them sees them. It says nothing until those of every label have been listed.</summary>
/// <param name="kubeconfigs">Kept for longer than one watch lives.</param>
internal sealed class SecretsPicture(ClusterSecretsOptions options, SecretKubeconfigs kubeconfigs)
{
    /// <summary>Who names a cluster: the label that many users know already, and our own.</summary>
    public static readonly IReadOnlyList<string> Labels = ["controlplane.io/cluster=true", "istio/multiCluster=true"];

    // One with both labels is in both, and for a moment not the same in both: the first one counts.
    private readonly Dictionary<NamespacedName, SecretObject>[] byLabel = [.. Labels.Select(_ => new Dictionary<NamespacedName, SecretObject>())];
    private readonly HashSet<int> awaited = [.. Enumerable.Range(0, Labels.Count)];

    /// <param name="label">The index of the label that was asked for.</param>
    public void Apply(int label, ResourceEvent<SecretObject> happened)
    {
        Dictionary<NamespacedName, SecretObject> known = byLabel[label];
        awaited.Remove(label);
        happened.ApplyTo(null, known.Keys, (name, secret) =>
        {
            if (secret is null)
            {
                known.Remove(name);
                return;
            }
            // Its annotations may hold its content once more.
            known[name] = new SecretObject { Metadata = new ObjectMeta { Name = name.Name, Namespace = name.Namespace }, Data = secret.Data };
        });
    }

    /// <summary>What the Secrets name now.</summary>
    public IEnumerable<NamedClusters> Take()
    {
        if (awaited.Count > 0)
        {
            yield break;
        }
        var clusters = new Dictionary<string, (NamespacedName Secret, NamedCluster Cluster)>(StringComparer.Ordinal);
        var problems = new List<Problem>();
        var there = new HashSet<(NamespacedName, string)>();
        foreach (SecretObject secret in Secrets())
        {
            NamespacedName name = secret.Key();
            if (secret.Data is not { Count: > 0 })
            {
                problems.Add(new Problem($"Secret {name}", "data", "expected a kubeconfig under the name of its cluster, found nothing"));
            }
            foreach ((string key, string data) in (secret.Data ?? []).OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                there.Add((name, key));
                if (WhyNot(key, clusters) is { } reason)
                {
                    problems.Add(new Problem($"Secret {name}", $"data[{key}]", reason));
                    continue;
                }
                NamedCluster cluster = kubeconfigs.Read(name, key, data);
                clusters.Add(key, (name, cluster));
                if (cluster.Problem is { } problem)
                {
                    problems.Add(problem);
                }
            }
        }
        kubeconfigs.Keep(there);
        yield return new NamedClusters(clusters.Values.Select(named => named.Cluster).ToValueList(), problems.ToValueList());
    }

    private IEnumerable<SecretObject> Secrets() => byLabel.SelectMany(known => known.Values).DistinctBy(secret => secret.Key())
        .OrderBy(secret => secret.Metadata.Namespace, StringComparer.Ordinal).ThenBy(secret => secret.Metadata.Name, StringComparer.Ordinal);

    private string? WhyNot(string cluster, Dictionary<string, (NamespacedName Secret, NamedCluster Cluster)> named) =>
        Names.Label(cluster) is { } wrong ? $"it is no name of a cluster: {wrong}"
        : options.Taken.Contains(cluster) ? $"the cluster {cluster} is named on the command line (--kubernetes), which counts: remove one of them"
        : named.TryGetValue(cluster, out (NamespacedName Secret, NamedCluster Cluster) first)
            ? $"the cluster {cluster} is named by Secret {first.Secret}, which counts as the first by name: remove one of them"
        : null;
}
