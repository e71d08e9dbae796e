using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters;

/// <summary>Something that a registry said.</summary>
public abstract record DiscoveryEvent
{
    private protected DiscoveryEvent()
    {
    }
}

/// <summary>
/// A full reading of the registry begins, as it does when a watch begins: services not reported until <see cref="Synced"/> are gone. What is reported
/// until then counts when the reading is complete, all at once.
/// </summary>
public sealed record Begun : DiscoveryEvent
{
    public static Begun Instance { get; } = new();
}

/// <summary>The whole state of one service.</summary>
public sealed record Replaced(ServicePart Part) : DiscoveryEvent;

/// <summary>The service is no longer there.</summary>
public sealed record Removed(ServiceId Service) : DiscoveryEvent;

/// <summary>All configuration objects of this source that are valid. A source that has none never says so.</summary>
public sealed record Configured(ValueList<ConfigObject> Objects) : DiscoveryEvent;

/// <summary>All that is wrong now with what the source holds; an empty list when all is well again.</summary>
public sealed record Troubled(ValueList<Problem> Problems) : DiscoveryEvent;

/// <summary>The full reading that has begun is complete.</summary>
public sealed record Synced : DiscoveryEvent
{
    public static Synced Instance { get; } = new();
}
