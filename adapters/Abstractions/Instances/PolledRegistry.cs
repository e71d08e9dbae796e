using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Instances;

/// <summary>
/// A registry that has to be asked: it is read whole, again and again. For a while after a change it is asked more often, since changes come together;
/// the times have jitter, so that many control planes do not ask together.
/// </summary>
/// <param name="rest">The time between two readings while nothing changes.</param>
public abstract class PolledRegistry(TimeSpan rest, TimeProvider time) : IInstanceRegistry
{
    private const int QuickReadings = 6;
    private const int QuickShare = 5;
    private const double Jitter = 0.1;

    /// <inheritdoc/>
    public async IAsyncEnumerable<InstanceEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RegistryReading? before = null;
        int quick = 0;
        while (true)
        {
            RegistryReading now = await ReadAsync(cancellationToken);
            bool isDifferent = before is null || !now.IsSameAs(before);
            if (isDifferent)
            {
                quick = before is null ? 0 : QuickReadings;
                before = now;
                yield return new ReadingBegun();
                foreach ((string group, ValueList<Instance> instances) in now.Groups)
                {
                    yield return new GroupRead(group, instances);
                }
                yield return new RegistryTroubled(now.Problems);
                yield return new ReadingComplete();
            }
            TimeSpan wait = quick-- > 0 ? rest / QuickShare : rest;
            await Task.Delay(wait * (1 + (Jitter * RandomNumberGenerator.GetInt32(-100, 101) / 100)), time, cancellationToken);
        }
    }

    /// <summary>Reads everything. A reading that fails in part fails.</summary>
    /// <exception cref="Exception">The registry failed; the message is shown to people.</exception>
    protected abstract Task<RegistryReading> ReadAsync(CancellationToken cancellationToken);
}

/// <summary>All that a registry holds.</summary>
/// <param name="Groups">All instances, by whatever the registry lists together.</param>
/// <param name="Problems">What is wrong with what it holds.</param>
public sealed record RegistryReading(IReadOnlyDictionary<string, ValueList<Instance>> Groups, ValueList<Problem> Problems = default)
{
    /// <summary>Whether both hold the same.</summary>
    public bool IsSameAs(RegistryReading other) =>
        Problems == other.Problems && Groups.Count == other.Groups.Count
        && Groups.All(pair => other.Groups.TryGetValue(pair.Key, out ValueList<Instance> instances) && instances == pair.Value);
}
