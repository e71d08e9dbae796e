using ControlPlane.Adapters.Files;
using ControlPlane.Adapters.Kubernetes;
using ControlPlane.Adapters.Sources;

namespace ControlPlane.Silo.Hosting;

/// <summary>The sources that the command line names: those that may hold the objects which name others.</summary>
internal sealed class CommandLineSources(RunOptions options, SourceTypes types, IServiceProvider services) : ISourceProvider
{
    public IReadOnlyCollection<SourceDefinition> Definitions { get; } = [.. Define(options, types, services)];

    /// <inheritdoc/>
    public IAsyncEnumerable<IReadOnlyCollection<SourceDefinition>> WatchAsync(CancellationToken cancellationToken) =>
        AsyncEnumerable.Repeat(Definitions, 1);

    private static IEnumerable<SourceDefinition> Define(RunOptions options, SourceTypes types, IServiceProvider services)
    {
        if (options.ConfigPath is { } path)
        {
            var file = new FileAdapterOptions { Path = path };
            yield return new SourceDefinition(file.Source, path, () => ActivatorUtilities.CreateInstance<FileAdapter>(services, file));
        }
        foreach (KubernetesAdapterOptions cluster in options.Kubernetes)
        {
            yield return new SourceDefinition(
                cluster.Source, "", () => ActivatorUtilities.CreateInstance<KubernetesAdapter>(services, cluster with { Sources = types }));
        }
    }
}
