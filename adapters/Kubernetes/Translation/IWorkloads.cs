using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Kubernetes.Translation;

/// <summary>What is known of pods and nodes.</summary>
internal interface IWorkloads
{
    PodFacts? Pod(NamespacedName name);

    Locality Node(string name);

    /// <summary>The one instance of equal localities.</summary>
    Locality Share(Locality locality);
}
