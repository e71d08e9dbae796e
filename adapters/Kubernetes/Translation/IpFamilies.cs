namespace ControlPlane.Adapters.Kubernetes.Translation;

/// <summary>The families that a pod has an address of.</summary>
[Flags]
internal enum IpFamilies
{
    /// <summary>It has no address yet.</summary>
    None = 0,
    IPv4 = 1,
    IPv6 = 2,
}
