namespace ControlPlane.Grains.Reach;

/// <summary>When measured round trips become the cost that is reckoned with.</summary>
public sealed record ReachOptions
{
    /// <summary>By how much a round trip must differ from the one in force, as a share of it.</summary>
    public double CostMargin { get; init; } = 0.2;

    /// <summary>For how long it must differ.</summary>
    public TimeSpan CostHold { get; init; } = TimeSpan.FromSeconds(30);
}
