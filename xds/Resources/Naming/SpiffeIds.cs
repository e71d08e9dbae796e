namespace ControlPlane.Xds.Resources.Naming;

/// <summary>The names of workloads and gateways in certificates (https://spiffe.io/docs/latest/spiffe-about/spiffe-concepts).</summary>
public static class SpiffeIds
{
    /// <summary>What all ids of a trust domain begin with.</summary>
    public static string Of(string trustDomain) => $"spiffe://{trustDomain}/";

    /// <summary>What the ids of a namespace's workloads begin with.</summary>
    public static string Namespace(string trustDomain, string ns) => $"{Of(trustDomain)}ns/{ns}/";

    /// <param name="ns">Of the workload's service.</param>
    /// <param name="identity">The service account, or what stands for it; or a whole path, <c>ns/shop/sa/cart</c>.</param>
    public static string Workload(string trustDomain, string ns, string identity) =>
        identity.Contains('/', StringComparison.Ordinal) ? Of(trustDomain) + identity : $"{Namespace(trustDomain, ns)}sa/{identity}";

    /// <summary>What the ids of gateways begin with.</summary>
    public static string Gateways(string trustDomain) => $"{Of(trustDomain)}gateway/";

    /// <param name="name">Of the RegionGateway.</param>
    public static string Gateway(string trustDomain, string name) => Gateways(trustDomain) + name;
}
