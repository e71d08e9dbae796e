namespace ControlPlane.Adapters.Configuration;

/// <summary>A text, number, boolean or null.</summary>
public sealed class ScalarNode(int line, string text, ScalarType type) : ConfigNode(line)
{
    /// <summary>As it was written, without quotes.</summary>
    public string Text { get; } = text;

    public ScalarType Type { get; } = type;

    public override string Describe() => Type switch
    {
        ScalarType.Text => $"the text '{(Text.Length > 80 ? Text[..80] + "..." : Text)}'",
        ScalarType.Number => $"the number {Text}",
        ScalarType.Boolean => $"the boolean {Text}",
        _ => "nothing",
    };
}

public enum ScalarType
{
    Text,
    Number,
    Boolean,
    Null,
}
