using ControlPlane.Adapters.Sources;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Kubernetes;

/// <summary>Which Kubernetes cluster a <see cref="KubernetesAdapter"/> watches, and how.</summary>
public sealed record KubernetesAdapterOptions
{
    /// <summary>The name of the <c>Cluster</c> object that stands for it.</summary>
    public required string Cluster { get; init; }

    /// <summary>The source's name; by default <c>kubernetes/CLUSTER</c>.</summary>
    public string Source
    {
        get => field ?? $"kubernetes/{Cluster}";
        init;
    }

    /// <summary>Path of a kubeconfig; null: that of the pod this runs in.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>A context of the kubeconfig; null: the current one.</summary>
    public string? Context { get; init; }

    /// <summary>Watched namespaces; empty: all.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = [];

    /// <summary>The mesh of its services while no <c>Cluster</c> object says it.</summary>
    public string Mesh { get; init; } = Model.Configuration.Cluster.DefaultMesh;

    /// <summary>Where its workloads are while no <c>Cluster</c> object says it.</summary>
    public Locality Locality { get; init; } = Locality.Unknown;

    /// <summary>The kinds of registries that Source objects of the cluster may name.</summary>
    public SourceTypes Sources { get; init; } = SourceTypes.None;

    /// <summary>Whether its configuration objects (ours, and the Gateway API's) count; if not, only its services are read.</summary>
    public bool ReadsConfiguration { get; init; } = true;

    public KubernetesTimes Times { get; init; } = new();
}
