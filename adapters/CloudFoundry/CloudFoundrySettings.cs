using ControlPlane.Adapters.CloudFoundry.Access;
using ControlPlane.Model;

namespace ControlPlane.Adapters.CloudFoundry;

/// <summary>One foundation: its Cloud Controller, its NATS, or both.</summary>
public sealed record CloudFoundrySettings
{
    /// <summary>Null: apps are not asked for; what NATS says has to do.</summary>
    public ControllerAccess? Api { get; init; }

    /// <summary>Null: routes are not followed; instances come from the Cloud Controller.</summary>
    public NatsAccess? Nats { get; init; }

    /// <summary>Names; empty: all that may be seen.</summary>
    public ValueList<string> Organizations { get; init; }

    /// <summary>Names, in any of the organizations; empty: all.</summary>
    public ValueList<string> Spaces { get; init; }
}
