using System.Runtime.CompilerServices;
using ControlPlane.Adapters;
using ControlPlane.Adapters.Instances;
using ControlPlane.Adapters.Sources;
using ControlPlane.Grains.Registrations;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Silo.Hosting;

/// <summary>The workloads that register themselves over REST: a source that is always there.</summary>
internal sealed class OwnRegistrations(IGrainFactory grains, IClusterObjects clusters, TimeProvider time) : ISourceProvider
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<IReadOnlyCollection<SourceDefinition>> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return
        [
            new SourceDefinition(RegistrationsRegistry.Source, "", () => new InstanceAdapter(
                // Each says its cluster itself.
                new RegistrationsRegistry(grains), RegistrationsRegistry.Source, "", SourceMapping.Default, clusters)),
        ];
        await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
    }
}
