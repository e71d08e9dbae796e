using System.Collections.Immutable;

namespace ControlPlane.Adapters.Configuration;

/// <summary>A list.</summary>
public sealed class SequenceNode(int line, ImmutableArray<ConfigNode> items) : ConfigNode(line)
{
    public ImmutableArray<ConfigNode> Items { get; } = items;

    public override string Describe() => Items.IsEmpty ? "an empty list" : "a list";
}
