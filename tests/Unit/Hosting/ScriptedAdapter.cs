using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ControlPlane.Adapters;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Tests.Unit.Hosting;

/// <summary>A registry that holds what a test puts there, and fails when it is told to.</summary>
internal sealed class ScriptedAdapter(string source) : IDiscoveryAdapter
{
    private readonly Lock gate = new();
    private readonly Dictionary<ServiceId, ServicePart> parts = [];
    private Channel<DiscoveryEvent?> live = Channel.CreateUnbounded<DiscoveryEvent?>();
    private ValueList<ConfigObject>? configuration;
    private int watches;

    public string Source => source;

    /// <summary>How often it was asked to watch.</summary>
    public int Watches => Volatile.Read(ref watches);

    /// <summary>Whether a watch that begins is refused, and why.</summary>
    public string? Refuses { get; set; }

    public void Replace(ServicePart part) => Change(() => parts[part.Service] = part, new Replaced(part));

    public void Remove(ServiceId service) => Change(() => parts.Remove(service), new Removed(service));

    public void Configure(params ConfigObject[] objects) => Change(() => configuration = objects.ToValueList(), new Configured(objects.ToValueList()));

    /// <summary>Reads everything anew within the watch that runs, and finds this.</summary>
    /// <param name="isOnce">Whether that is a mistake: the registry still holds what it held.</param>
    public void Reread(ServicePart[] found, bool isOnce = false)
    {
        lock (gate)
        {
            if (!isOnce)
            {
                parts.Clear();
                foreach (ServicePart part in found)
                {
                    parts[part.Service] = part;
                }
            }
            foreach (DiscoveryEvent happened in (DiscoveryEvent[])[Begun.Instance, .. found.Select(part => new Replaced(part)), Synced.Instance])
            {
                live.Writer.TryWrite(happened);
            }
        }
    }

    /// <summary>Ends the watch that runs.</summary>
    public void Fail() => Change(() => { }, null);

    public async IAsyncEnumerable<DiscoveryEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<DiscoveryEvent> first = [];
        ChannelReader<DiscoveryEvent?> changes;
        lock (gate)
        {
            watches++;
            if (Refuses is { } reason)
            {
                throw new IOException(reason);
            }
            first.AddRange(parts.Values.Select(part => new Replaced(part)));
            if (configuration is { } objects)
            {
                first.Add(new Configured(objects));
            }
            live = Channel.CreateUnbounded<DiscoveryEvent?>();
            changes = live.Reader;
        }
        foreach (DiscoveryEvent happened in first)
        {
            yield return happened;
        }
        yield return Synced.Instance;
        await foreach (DiscoveryEvent? happened in changes.ReadAllAsync(cancellationToken))
        {
            yield return happened ?? throw new IOException("as scripted");
        }
    }

    private void Change(Action change, DiscoveryEvent? happened)
    {
        lock (gate)
        {
            change();
            live.Writer.TryWrite(happened);
        }
    }
}
