namespace ControlPlane.Tests.EndToEnd.Regions.Faults;

/// <summary>The services of all regions: of the same names, so that they merge.</summary>
internal static class Services
{
    /// <summary>From files. What is in <c>home</c> is exported to nobody.</summary>
    public static readonly string[] Filed = ["shop/cart", "shop/pay", "shop/stock", "home/diary"];

    /// <summary>From a registry that can be away while the region starts.</summary>
    public static readonly string[] Registered = ["shop/vm", "shop/box"];

    public static readonly string[] All = [.. Filed, .. Registered];

    public static bool IsRegistered(string service) => Registered.Contains(service);

    /// <summary>The Envoy cluster of each.</summary>
    public static string ClusterOf(string service) => service.Split('/') is [var space, var name] ? $"p80.{name}.{space}.default.mesh" : "";
}
