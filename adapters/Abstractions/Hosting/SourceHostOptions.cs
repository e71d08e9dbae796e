namespace ControlPlane.Adapters.Hosting;

/// <summary>Times and limits of a <see cref="SourceHost"/>.</summary>
public sealed record SourceHostOptions
{
    /// <summary>How long a new endpoint may take to become ready before it counts in the size of its service.</summary>
    public TimeSpan StartGrace { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often a lease is renewed when there is nothing to report, and asked for by who does not have it.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The first wait after a failure; later ones double, with jitter, up to <see cref="MaxBackOff"/>.</summary>
    public TimeSpan BackOff { get; init; } = TimeSpan.FromMilliseconds(250);

    public TimeSpan MaxBackOff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The percentage of a source's endpoints (0 to 100) that may vanish in one full reading; more has to be seen in a second one.</summary>
    public int MaxRemovalPercent { get; init; } = 50;

    /// <summary>How long to wait for that second reading.</summary>
    public TimeSpan ConfirmDelay { get; init; } = TimeSpan.FromMilliseconds(500);
}
