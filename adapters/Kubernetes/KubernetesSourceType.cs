using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Sources;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Kubernetes;

/// <summary><c>spec.kubernetes</c> of a Source: a Kubernetes cluster.</summary>
public sealed class KubernetesSourceType : SourceType<KubernetesAdapterOptions>
{
    /// <inheritdoc/>
    public override string Name => "kubernetes";

    protected override KubernetesAdapterOptions Read(FieldReader settings) => new()
    {
        Cluster = "",
        Kubeconfig = settings.Text("kubeconfig", Names.NotEmpty),
        Context = settings.Text("context", Names.NotEmpty),
        Namespaces = [.. settings.Texts("namespaces", Names.Label)],
    };

    /// <remarks>
    /// Source objects inside such a cluster are not read: who may write there could make the control plane open files and connections. Only clusters
    /// of the command line are trusted with that.
    /// </remarks>
    protected override IDiscoveryAdapter Create(KubernetesAdapterOptions settings, Source source, SourceContext context) =>
        new KubernetesAdapter(settings with { Cluster = source.Cluster, Source = source.SourceName }, context.Time, context.Clusters);
}
