namespace ControlPlane.Adapters.Kubernetes.Watching;

/// <summary>What a <see cref="ResourceWatch{T}"/> saw.</summary>
internal abstract record ResourceEvent<T>;

/// <summary>All objects there are: others are gone.</summary>
/// <param name="IsServed">Whether the server knows the kind at all.</param>
internal sealed record Listed<T>(IReadOnlyList<T> Items, bool IsServed = true) : ResourceEvent<T>;

/// <summary>An object is new or different.</summary>
internal sealed record Changed<T>(T Item) : ResourceEvent<T>;

internal sealed record Deleted<T>(T Item) : ResourceEvent<T>;
