namespace ControlPlane.Silo.Commands;

/// <summary>Lines under lines, for <see cref="Terminal"/>.</summary>
internal sealed class TextTree(string text)
{
    private readonly List<TextTree> children = [];

    public string Text => text;

    public IReadOnlyList<TextTree> Children => children;

    /// <summary>Adds a line, and gives it to add to.</summary>
    public TextTree Add(string child)
    {
        children.Add(new TextTree(child));
        return children[^1];
    }
}
