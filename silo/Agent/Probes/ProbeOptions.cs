using ControlPlane.Silo.Rest;

namespace ControlPlane.Silo.Agent.Probes;

/// <summary>What a prober is told.</summary>
internal sealed record ProbeOptions
{
    public required string Prober { get; init; }

    /// <summary>Where it stands: it probes for the callers there.</summary>
    public required string Network { get; init; }

    /// <summary>From the begin of one round to that of the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long an address may take to answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Null: its round trips are not used.</summary>
    public RegistrationBody.Place? Locality { get; init; }

    /// <summary>The Cluster object whose locality it has; null: none.</summary>
    public string? Cluster { get; init; }
}
