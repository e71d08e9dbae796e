namespace ControlPlane.Xds;

/// <summary>A proxy that was not admitted, because of what it says of itself.</summary>
public sealed record RefusedProxy(string Node, string Cluster, string Remote, string Reason, DateTimeOffset At);
