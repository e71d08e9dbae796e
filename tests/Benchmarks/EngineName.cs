namespace ControlPlane.Tests.Benchmarks;

internal static class EngineName
{
#if ORLEANS
    public const string Product = "controlplane (Orleans)";
#else
    public const string Product = "controlplane (Embedded)";
#endif
}
