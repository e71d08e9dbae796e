using System.Threading.Channels;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;

namespace ControlPlane.Adapters.Hosting;

/// <summary>
/// What a source has said, and what of it has yet to be reported. Changes merge until they are taken; a full reading counts when it is complete.
/// Used by the loop that reads the adapter and by the one that sends.
/// </summary>
/// <param name="known">How many endpoints the receiver knows of the source from before.</param>
internal sealed class SourcePicture(SourceHostOptions options, int known, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<ServiceId, ServicePart> parts = [];
    private readonly HashSet<ServiceId> changed = [];
    private readonly StartGrace grace = new(options.StartGrace, time);
    private readonly RemovalGuard guard = new(options.MaxRemovalPercent, known);
    private readonly Channel<bool> news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Dictionary<ServiceId, ServicePart>? reading = [];
    private ValueList<ConfigObject>? configuration;
    private ValueList<Problem>? problems;
    private bool configurationChanged;
    private bool problemsChanged;
    private bool hadFirstPicture;
    private bool sendWhole;
    private SourceState state = SourceState.Warming;
    private string reason = "";
    private DateTimeOffset? lastGood;
    private long? changedSince;

    /// <summary>A full reading begins: what it does not say before it is complete is gone.</summary>
    public void Begin()
    {
        lock (gate)
        {
            reading = [];
        }
    }

    /// <summary>Takes what the adapter says.</summary>
    /// <returns>False: a full reading takes away more than may be believed at once. It is left out, and has to be made again.</returns>
    public bool Apply(DiscoveryEvent happened)
    {
        lock (gate)
        {
            switch (happened)
            {
                case Begun:
                    reading = [];
                    return true;
                case Replaced { Part: var part } when reading is not null:
                    reading[part.Service] = part;
                    return true;
                case Replaced { Part: var part }:
                    Replace(part);
                    break;
                case Removed { Service: var service } when reading is not null:
                    reading.Remove(service);
                    return true;
                case Removed { Service: var service }:
                    Remove(service);
                    break;
                case Configured { Objects: var objects }:
                    configurationChanged |= configuration != objects;
                    configuration = objects;
                    break;
                case Troubled { Problems: var now }:
                    problemsChanged |= problems != now;
                    problems = now;
                    break;
                case Synced when reading is not null:
                    if (guard.Doubts(parts, reading) is { } doubt)
                    {
                        reading = null;
                        Be(hadFirstPicture ? SourceState.Stale : SourceState.Warming, doubt);
                        Wake();
                        return false;
                    }
                    Complete(reading);
                    reading = null;
                    break;
            }
            lastGood = time.GetUtcNow();
        }
        Wake();
        return true;
    }

    /// <summary>The source failed.</summary>
    public void Fail(string why)
    {
        lock (gate)
        {
            reading = null;
            Be(SourceState.Stale, why);
        }
        Wake();
    }

    /// <summary>The receiver may have forgotten: everything is sent again.</summary>
    public void SendEverything()
    {
        lock (gate)
        {
            sendWhole = hadFirstPicture;
            changed.UnionWith(parts.Keys);
            configurationChanged = configuration is not null;
            problemsChanged = problems is not null;
        }
        Wake();
    }

    /// <summary>Waits for something to report, for at most the time of a heartbeat.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (gate)
        {
            wait = grace.NextIn is { } next && next < options.Heartbeat ? next : options.Heartbeat;
        }
        using ITimer timer = time.CreateTimer(_ => Wake(), null, wait, Timeout.InfiniteTimeSpan);
        await news.Reader.ReadAsync(cancellationToken);
    }

    /// <summary>When the oldest change that is still to be reported came in, as a timestamp; null: there is none.</summary>
    public long? ChangedSince
    {
        get
        {
            lock (gate)
            {
                return changedSince;
            }
        }
    }

    /// <summary>All that is to be reported now. It counts as sent until <see cref="PutBack"/>.</summary>
    public SourceReport Take(long epoch)
    {
        lock (gate)
        {
            foreach (ServiceId service in grace.Due())
            {
                if (parts.TryGetValue(service, out ServicePart? part))
                {
                    Replace(part with { Endpoints = part.Endpoints.Select(endpoint => endpoint with { Declared = true }).ToValueList() }, part);
                }
            }
            var report = new SourceReport
            {
                Epoch = epoch,
                IsWhole = sendWhole,
                Replaced = sendWhole
                    ? parts.Values.ToValueList()
                    : changed.Where(parts.ContainsKey).Select(service => parts[service]).ToValueList(),
                Removed = sendWhole ? default : changed.Where(service => !parts.ContainsKey(service)).ToValueList(),
                State = state,
                Reason = reason,
                Configuration = configurationChanged ? configuration : null,
                Problems = problemsChanged ? problems : null,
                LastGood = state == SourceState.Live ? null : lastGood,
            };
            changed.Clear();
            changedSince = null;
            sendWhole = configurationChanged = problemsChanged = false;
            return report;
        }
    }

    /// <summary>A report that may not have arrived: it is sent again, as things are by then.</summary>
    public void PutBack(SourceReport report)
    {
        lock (gate)
        {
            sendWhole |= report.IsWhole;
            changed.UnionWith(report.Replaced.Select(part => part.Service));
            changed.UnionWith(report.Removed);
            configurationChanged |= report.Configuration is not null;
            problemsChanged |= report.Problems is not null;
        }
    }

    // What the reading names replaces what is known, and what it does not name is gone.
    private void Complete(Dictionary<ServiceId, ServicePart> read)
    {
        foreach (ServicePart part in read.Values)
        {
            Replace(part);
        }
        foreach (ServiceId service in parts.Keys.Where(service => !read.ContainsKey(service)).ToArray())
        {
            Remove(service);
        }
        // The first report of a holder that is in sync is whole: what the receiver knows from earlier lives ends there.
        sendWhole |= !hadFirstPicture;
        hadFirstPicture = true;
        Be(SourceState.Live, "");
    }

    private void Be(SourceState now, string why)
    {
        state = now;
        reason = why;
    }

    private void Replace(ServicePart part) => Replace(part, parts.GetValueOrDefault(part.Service));

    private void Replace(ServicePart part, ServicePart? earlier)
    {
        ServicePart marked = grace.Mark(part, earlier, isFirstPicture: !hadFirstPicture);
        if (!marked.Equals(earlier))
        {
            parts[part.Service] = marked;
            Change(part.Service);
        }
    }

    private void Remove(ServiceId service)
    {
        grace.Forget(service);
        if (parts.Remove(service))
        {
            Change(service);
        }
    }

    private void Change(ServiceId service)
    {
        changed.Add(service);
        changedSince ??= time.GetTimestamp();
    }

    private void Wake() => news.Writer.TryWrite(true);
}
