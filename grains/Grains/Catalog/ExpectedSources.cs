using System.Collections.Immutable;

namespace ControlPlane.Grains.Catalog;

/// <summary>The sources that must have been heard before a silo's catalog is complete.</summary>
public sealed class ExpectedSources
{
    private volatile State state = new([], false);

    /// <summary>Called when they are others.</summary>
    public event Action? Changed;

    public ImmutableSortedSet<string> Names => state.Names;

    /// <summary>Whether these are all: until then there may be others.</summary>
    public bool AreAllKnown => state.AreAllKnown;

    public void Set(IEnumerable<string> names, bool areAllKnown)
    {
        state = new State(names.ToImmutableSortedSet(StringComparer.Ordinal), areAllKnown);
        Changed?.Invoke();
    }

    private sealed record State(ImmutableSortedSet<string> Names, bool AreAllKnown);
}
