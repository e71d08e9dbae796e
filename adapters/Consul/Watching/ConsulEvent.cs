using ControlPlane.Adapters.Consul.Objects;

namespace ControlPlane.Adapters.Consul.Watching;

/// <summary>Something that a Consul datacenter said.</summary>
internal abstract record ConsulEvent;

/// <summary>All instances of a service.</summary>
internal sealed record ServiceRead(string Service, IReadOnlyList<HealthEntry> Instances) : ConsulEvent;

internal sealed record ServiceGone(string Service) : ConsulEvent;

/// <summary>Every service is read anew: those that are not are gone.</summary>
internal sealed record PictureBegun : ConsulEvent
{
    public static PictureBegun Instance { get; } = new();
}

/// <summary>Every service has been read once.</summary>
internal sealed record PictureComplete : ConsulEvent
{
    public static PictureComplete Instance { get; } = new();
}
