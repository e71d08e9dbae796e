namespace ControlPlane.Model.Registrations;

/// <summary>A workload that says of itself where it is, under a lease that it has to renew.</summary>
[GenerateSerializer, Immutable, Alias("cp.Registration")]
public sealed record Registration
{
    /// <summary>Unique in a region: a machine and what runs there, <c>vm-17/cart</c>.</summary>
    [Id(0)]
    public required string Id { get; init; }

    [Id(1)]
    public required string Service { get; init; }

    [Id(2)]
    public required string Namespace { get; init; }

    /// <summary>The <see cref="Configuration.Cluster"/> object's name: its mesh, network and locality are the workload's.</summary>
    [Id(3)]
    public required string Cluster { get; init; }

    /// <summary>An IPv4 or IPv6 address.</summary>
    [Id(4)]
    public required string Address { get; init; }

    [Id(5)]
    public required ValueList<RegisteredPort> Ports { get; init; }

    /// <summary>As the workload reports it.</summary>
    [Id(6)]
    public Health Health { get; init; } = Health.Healthy;

    [Id(7)]
    public int Weight { get; init; } = 1;

    /// <summary>What is not said is the cluster's.</summary>
    [Id(8)]
    public Locality Locality { get; init; } = Locality.Unknown;

    [Id(9)]
    public string Identity { get; init; } = "";

    /// <summary>How long it counts without being renewed, in seconds.</summary>
    [Id(10)]
    public int LeaseSeconds { get; init; }

    /// <summary>It serves on, and gets no new requests.</summary>
    [Id(11)]
    public bool IsDraining { get; init; }
}

/// <param name="Port">Where the workload listens.</param>
/// <param name="ServicePort">The port that callers use.</param>
[GenerateSerializer, Immutable, Alias("cp.RegisteredPort")]
public sealed record RegisteredPort(
    [property: Id(0)] int Port,
    [property: Id(1)] int ServicePort,
    [property: Id(2)] Protocol Protocol);

/// <summary>A registration, and whether its lease runs.</summary>
/// <param name="IsExpired">It has not been renewed in time, and counts as unhealthy until it is, or is forgotten.</param>
[GenerateSerializer, Immutable, Alias("cp.RegistrationState")]
public sealed record RegistrationState([property: Id(0)] Registration Registration, [property: Id(1)] bool IsExpired);
