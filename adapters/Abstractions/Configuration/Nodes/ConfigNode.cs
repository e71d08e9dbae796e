namespace ControlPlane.Adapters.Configuration;

/// <summary>A value of a document as it was written, before anything is known of its meaning. The same for YAML and JSON.</summary>
/// <param name="line">The line it begins in, from 1; 0 where the document has no lines.</param>
public abstract class ConfigNode(int line)
{
    public int Line { get; } = line;

    /// <summary>What it is, in the words of an error: <c>a list</c>, <c>the number 8080</c>.</summary>
    public abstract string Describe();
}
