using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Kubernetes.State;

/// <summary>All that one watch of a Kubernetes cluster has seen. It says nothing until every kind has been listed.</summary>
internal sealed class KubernetesPicture
{
    private readonly KubernetesAdapterOptions options;
    private readonly HashSet<string> awaited = [];
    private Cluster? elsewhere;

    public KubernetesPicture(KubernetesAdapterOptions options, Dictionary<ObjectKey, ConfigObject> lastGood)
    {
        this.options = options;
        Services = new ClusterState(Nothing());
        Configuration = new ConfigurationState(options, lastGood, Services.Problems);
    }

    public ClusterState Services { get; }

    public ConfigurationState Configuration { get; }

    /// <summary>There is no picture before this has been heard.</summary>
    public void Await(string subject) => awaited.Add(subject);

    public void Heard(string subject) => awaited.Remove(subject);

    /// <summary>The cluster's object as other sources have it.</summary>
    public void SetClusterObject(Cluster? cluster) => elsewhere = cluster;

    /// <summary>A kind of configuration that may not be read.</summary>
    /// <param name="why">Null: it may.</param>
    public void SetRefusal(string resource, string? why) => Services.Problems.Set(
        ("", new NamespacedName("", resource)),
        why is null ? [] : [new Problem($"{resource} ({options.Source})", "", why)]);

    /// <summary>What is different since the last time.</summary>
    public IEnumerable<DiscoveryEvent> TakeChanges()
    {
        if (awaited.Count > 0)
        {
            yield break;
        }
        Cluster cluster = Configuration.OwnCluster ?? elsewhere ?? Nothing();
        // Where an object was written makes no other cluster of it.
        Services.SetCluster(Nothing() with { Mesh = cluster.Mesh, Locality = cluster.Locality });
        Configuration.SetMesh(cluster.Mesh);
        if (Configuration.TakeChange() is { } configured)
        {
            yield return configured;
        }
        // Before the services, so that a picture that is complete has its problems, too.
        if (Services.Problems.TakeChange() is { } troubled)
        {
            yield return troubled;
        }
        foreach (DiscoveryEvent happened in Services.TakeChanges())
        {
            yield return happened;
        }
    }

    private Cluster Nothing() => new() { Name = options.Cluster, Mesh = options.Mesh, Locality = options.Locality };
}
