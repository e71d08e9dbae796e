using ControlPlane.Adapters;
using ControlPlane.Adapters.Instances;
using ControlPlane.Adapters.Sources;
using ControlPlane.Grains.Registrations;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Silo.Hosting;

/// <summary>The workloads that register themselves over REST: a source that is always there.</summary>
internal sealed class OwnRegistrations(IGrainFactory grains, IClusterObjects clusters) : ISourceProvider
{
    /// <inheritdoc/>
    public IAsyncEnumerable<IReadOnlyCollection<SourceDefinition>> WatchAsync(CancellationToken cancellationToken) => AsyncEnumerable.Repeat<IReadOnlyCollection<SourceDefinition>>(
    [
        new SourceDefinition(RegistrationsRegistry.Source, "", () => new InstanceAdapter(
            // Each says its cluster itself.
            new RegistrationsRegistry(grains), RegistrationsRegistry.Source, "", SourceMapping.Default, clusters)),
    ], 1);
}
