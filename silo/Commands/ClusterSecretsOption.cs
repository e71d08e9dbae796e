using System.CommandLine;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Kubernetes;
using ControlPlane.Adapters.Kubernetes.Secrets;

namespace ControlPlane.Silo.Commands;

/// <summary><c>--cluster-secrets</c>: clusters that Secrets name.</summary>
internal static class ClusterSecretsOption
{
    public static Option<string?> Create() => new("--cluster-secrets")
    {
        Description =
            "Watch the Kubernetes clusters, too, that Secrets labelled controlplane.io/cluster or istio/multiCluster name: Secrets of the first cluster of --kubernetes, or of CLUSTER",
        HelpName = "[CLUSTER/]NAMESPACE",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <param name="text">Null: the option has no value.</param>
    /// <param name="clusters">Those of <c>--kubernetes</c>.</param>
    /// <exception cref="InvalidDataException">There is no such cluster or namespace.</exception>
    public static ClusterSecretsOptions Read(string? text, KubernetesAdapterOptions[] clusters)
    {
        string[] parts = text?.Split('/', 2) ?? [];
        string? cluster = parts.Length == 2 ? parts[0] : null;
        string? ns = parts.LastOrDefault();
        if (ns is not null && Names.Label(ns) is { } wrong)
        {
            throw new InvalidDataException($"--cluster-secrets is NAMESPACE or CLUSTER/NAMESPACE: '{ns}' is no namespace, {wrong}");
        }
        KubernetesAdapterOptions home = clusters.FirstOrDefault(one => cluster is null || one.Cluster == cluster) ?? throw new InvalidDataException(
            $"--cluster-secrets reads Secrets of a cluster that --kubernetes names: {(cluster is null ? "it names none" : $"it does not name '{cluster}'")}");
        var options = new ClusterSecretsOptions { Home = home, Taken = [.. clusters.Select(one => one.Cluster)] };
        return ns is null ? options : options with { Namespace = ns };
    }
}
