namespace ControlPlane.Adapters.Sources;

/// <summary>Knows sources that are to be watched: from the command line, from <c>Source</c> objects, from a registry of clusters.</summary>
public interface ISourceProvider
{
    /// <summary>
    /// All sources it knows of, and again whenever they are others. It says nothing as long as it does not know for certain: a source that it does not
    /// name is retired, and all that it said is taken back. One that ends has said its last.
    /// </summary>
    IAsyncEnumerable<IReadOnlyCollection<SourceDefinition>> WatchAsync(CancellationToken cancellationToken);
}
