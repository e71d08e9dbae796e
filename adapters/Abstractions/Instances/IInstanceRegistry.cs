using ControlPlane.Model;

namespace ControlPlane.Adapters.Instances;

/// <summary>A registry of instances. How they become services is written once, in <see cref="InstanceAdapter"/>.</summary>
public interface IInstanceRegistry
{
    /// <summary>Reports all groups of instances, then that the reading is complete, then each change. Fails as an adapter does.</summary>
    /// <exception cref="Exception">The registry failed; the message is shown to people as the reason why the source is stale.</exception>
    IAsyncEnumerable<InstanceEvent> WatchAsync(CancellationToken cancellationToken);
}

/// <summary>Something that a registry of instances said.</summary>
public abstract record InstanceEvent
{
    private protected InstanceEvent()
    {
    }
}

/// <summary>Another full reading begins (the first one does with the watch): groups that it does not report are gone when it is complete.</summary>
public sealed record ReadingBegun : InstanceEvent;

/// <summary>All instances of a group: whatever the registry lists together (a service, all there is). An empty group is gone.</summary>
public sealed record GroupRead(string Group, ValueList<Instance> Instances) : InstanceEvent;

/// <summary>The full reading that has begun is complete.</summary>
public sealed record ReadingComplete : InstanceEvent;

/// <summary>All that is wrong now with what the registry holds; empty when all is well again.</summary>
public sealed record RegistryTroubled(ValueList<Problem> Problems) : InstanceEvent;
