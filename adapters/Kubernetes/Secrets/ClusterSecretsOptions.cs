namespace ControlPlane.Adapters.Kubernetes.Secrets;

/// <summary>Where the Secrets are that name clusters.</summary>
public sealed record ClusterSecretsOptions
{
    /// <summary>Where they are when nothing is said and this is no pod.</summary>
    public const string DefaultNamespace = "controlplane";

    private const string OwnNamespaceFile = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

    /// <summary>The cluster that holds them.</summary>
    public required KubernetesAdapterOptions Home { get; init; }

    /// <summary>Their namespace; by default that of this pod, if this is one of that cluster's.</summary>
    public string Namespace
    {
        get => field ?? (Home.Kubeconfig is null && File.Exists(OwnNamespaceFile) ? File.ReadAllText(OwnNamespaceFile).Trim() : DefaultNamespace);
        init;
    }

    /// <summary>Clusters that the command line names: a Secret cannot name them, too.</summary>
    public IReadOnlyList<string> Taken { get; init; } = [];

    /// <summary>Under this name people see whether the Secrets can be read, and what is wrong with them.</summary>
    public string Source => $"cluster-secrets/{Home.Cluster}";
}
