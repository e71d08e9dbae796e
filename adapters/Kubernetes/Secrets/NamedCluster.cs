using ControlPlane.Adapters.Kubernetes.Access;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Kubernetes.Secrets;

/// <summary>A cluster that a key of a Secret names.</summary>
/// <param name="Revision">Another one: it is to be watched anew.</param>
/// <param name="Kubeconfig">The last that could be used; null: there was none.</param>
/// <param name="Problem">What is wrong with what the key holds now; null: nothing.</param>
internal sealed record NamedCluster(string Name, string Revision, KubeconfigDocument? Kubeconfig, Problem? Problem);

/// <summary>All clusters that Secrets name, and what is wrong with the Secrets.</summary>
internal sealed record NamedClusters(ValueList<NamedCluster> Clusters, ValueList<Problem> Problems);
