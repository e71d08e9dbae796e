using System.Threading.Channels;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;

namespace ControlPlane.Adapters.Hosting;

/// <summary>
/// What a source has said, and what of it has yet to be reported. Changes merge until they are taken. Used by the loop that reads the adapter and
/// by the one that sends.
/// </summary>
internal sealed class SourcePicture(SourceHostOptions options, TimeProvider time)
{
    private readonly Lock gate = new();
    private readonly Dictionary<ServiceId, ServicePart> parts = [];
    private readonly HashSet<ServiceId> changed = [];
    private readonly HashSet<ServiceId> seen = [];
    private readonly StartGrace grace = new(options.StartGrace, time);
    private readonly Channel<bool> news = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private ValueList<ConfigObject>? configuration;
    private ValueList<Problem>? problems;
    private bool configurationChanged;
    private bool problemsChanged;
    private bool hadFirstPicture;
    private bool sendWhole;
    private SourceState state = SourceState.Warming;
    private string reason = "";

    /// <summary>Begins a new pass of the adapter: what it does not say again before it is in sync is gone.</summary>
    public void Begin()
    {
        lock (gate)
        {
            seen.Clear();
        }
    }

    public void Apply(DiscoveryEvent happened)
    {
        lock (gate)
        {
            switch (happened)
            {
                case Replaced { Part: var part }:
                    seen.Add(part.Service);
                    Replace(part);
                    break;
                case Removed { Service: var service }:
                    seen.Remove(service);
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
                case Synced:
                    foreach (ServiceId service in parts.Keys.Where(service => !seen.Contains(service)).ToArray())
                    {
                        Remove(service);
                    }
                    // The first report of a pass that is in sync is whole: what the receiver knows from earlier lives ends there.
                    sendWhole |= !hadFirstPicture;
                    hadFirstPicture = true;
                    state = SourceState.Live;
                    reason = "";
                    break;
            }
        }
        Wake();
    }

    /// <summary>The source failed.</summary>
    public void Fail(string why)
    {
        lock (gate)
        {
            state = SourceState.Stale;
            reason = why;
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
            };
            changed.Clear();
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

    private void Replace(ServicePart part) => Replace(part, parts.GetValueOrDefault(part.Service));

    private void Replace(ServicePart part, ServicePart? earlier)
    {
        ServicePart marked = grace.Mark(part, earlier, isFirstPicture: !hadFirstPicture);
        if (!marked.Equals(earlier))
        {
            parts[part.Service] = marked;
            changed.Add(part.Service);
        }
    }

    private void Remove(ServiceId service)
    {
        grace.Forget(service);
        if (parts.Remove(service))
        {
            changed.Add(service);
        }
    }

    private void Wake() => news.Writer.TryWrite(true);
}
