using ControlPlane.Adapters;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Tests.EndToEnd.Sources;

/// <summary>A region with one Cluster object, <c>dc1</c>.</summary>
internal sealed class OneCluster : IClusterObjects
{
    public const string Name = "dc1";

    private static readonly Cluster Declared = new() { Name = Name, Locality = new Locality("eu", "eu-a") };

    public async IAsyncEnumerable<Cluster?> WatchAsync(string name, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return name == Name ? Declared : null;
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }

    public async IAsyncEnumerable<IReadOnlyDictionary<string, Cluster>> WatchAllAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new Dictionary<string, Cluster> { [Name] = Declared };
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
    }
}
