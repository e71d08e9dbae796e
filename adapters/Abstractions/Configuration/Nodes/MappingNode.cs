using System.Collections.Immutable;

namespace ControlPlane.Adapters.Configuration;

/// <summary>Fields by name, in the order they were written; no name comes twice.</summary>
public sealed class MappingNode(int line, ImmutableArray<MappingNode.Field> fields) : ConfigNode(line)
{
    public static MappingNode Empty { get; } = new(0, []);

    /// <summary>What is short for a mapping: one field, a list of one value.</summary>
    public static MappingNode Of(string field, ConfigNode only) => new(only.Line, [new Field(field, only.Line, new SequenceNode(only.Line, [only]))]);

    public ImmutableArray<Field> Fields { get; } = fields;

    public ConfigNode? Find(string name)
    {
        foreach (Field field in Fields)
        {
            if (field.Name == name)
            {
                return field.Value;
            }
        }
        return null;
    }

    public override string Describe() => Fields.IsEmpty ? "an empty mapping" : "a mapping";

    /// <param name="Line">Of the name, which may be above the value's.</param>
    public readonly record struct Field(string Name, int Line, ConfigNode Value);
}
