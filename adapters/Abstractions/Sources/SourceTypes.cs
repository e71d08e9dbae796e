using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Sources;

/// <summary>All kinds of registries that <c>Source</c> objects may name.</summary>
public sealed class SourceTypes(IEnumerable<ISourceType> types)
{
    private readonly Dictionary<string, ISourceType> byName = types.ToDictionary(type => type.Name, StringComparer.Ordinal);

    /// <summary>None: a Source of any type is a problem.</summary>
    public static SourceTypes None { get; } = new([]);

    public IReadOnlyCollection<string> Names => byName.Keys;

    public ISourceType? Find(string name) => byName.GetValueOrDefault(name);

    /// <exception cref="Exception">The source cannot be watched; the message is shown to people.</exception>
    public IDiscoveryAdapter Create(Source source, SourceContext context) =>
        Find(source.Type)?.Create(source, context)
        ?? throw new InvalidDataException($"{source.Origin}: sources of type {source.Type} are not known here: expected {string.Join(", ", Names)}");
}
