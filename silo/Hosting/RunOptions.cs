using System.Net;

namespace ControlPlane.Silo.Hosting;

/// <summary>Everything that <c>controlplane run</c> can be told.</summary>
public sealed record RunOptions
{
    /// <summary>Files and folders of configuration; null: none.</summary>
    public string? ConfigPath { get; init; }

    public IReadOnlyList<KubernetesCluster> Kubernetes { get; init; } = [];

    /// <summary>Where state is kept.</summary>
    public required string DataFolder { get; init; }

    public IPEndPoint RestAddress { get; init; } = new(IPAddress.Loopback, 8080);

    public IPEndPoint XdsAddress { get; init; } = new(IPAddress.Loopback, 18000);

    /// <summary>The word that an address other than loopback may be served without TLS.</summary>
    public bool IsInsecureAllowed { get; init; }

    /// <summary>How long one missing source may hold up everybody.</summary>
    public TimeSpan WarmTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a new endpoint may take to become ready before it counts in its service's size.</summary>
    public TimeSpan StartGrace { get; init; } = TimeSpan.FromSeconds(60);
}

/// <summary>A Kubernetes cluster to watch.</summary>
/// <param name="Name">The <c>Cluster</c> object's name.</param>
/// <param name="Kubeconfig">Null: the configuration of the pod that this runs in.</param>
/// <param name="Context">Null: the current one.</param>
public sealed record KubernetesCluster(string Name, string? Kubeconfig, string? Context);
