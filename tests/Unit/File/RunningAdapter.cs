using ControlPlane.Adapters;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Unit.Files;

/// <summary>An adapter that is watched until the test ends, and what it has said so far.</summary>
internal sealed class RunningAdapter : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private Dictionary<ServiceId, ServicePart> services = [];
    private Dictionary<ServiceId, ServicePart>? reading = [];
    private readonly List<DiscoveryEvent> events = [];
    private readonly Task watching;

    public RunningAdapter(IDiscoveryAdapter adapter) => watching = WatchAsync(adapter);

    public bool IsSynced { get; private set; }

    public Exception? Failure { get; private set; }

    public ValueList<ConfigObject> Objects { get; private set; }

    public ValueList<Problem> Problems { get; private set; }

    public IReadOnlyCollection<ServicePart> Services
    {
        get
        {
            lock (gate)
            {
                return [.. services.Values];
            }
        }
    }

    public IReadOnlyList<DiscoveryEvent> Events
    {
        get
        {
            lock (gate)
            {
                return [.. events];
            }
        }
    }

    public ServicePart? Find(string name) => Services.FirstOrDefault(part => part.Service.Name == name);

    public Task SyncedAsync() => Eventually.Until(() => IsSynced, state: () => $"failure: {Failure}, problems: {string.Join("; ", Problems)}");

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await watching;
        stop.Dispose();
    }

    private async Task WatchAsync(IDiscoveryAdapter adapter)
    {
        await Task.Yield();
        try
        {
            await foreach (DiscoveryEvent happened in adapter.WatchAsync(stop.Token))
            {
                lock (gate)
                {
                    Apply(happened);
                }
            }
        }
        catch (Exception failure) when (!stop.IsCancellationRequested)
        {
            Failure = failure;
        }
        catch (OperationCanceledException)
        {
            // The end of the test.
        }
    }

    private void Apply(DiscoveryEvent happened)
    {
        events.Add(happened);
        switch (happened)
        {
            case Begun:
                reading = [];
                break;
            case Replaced { Part: var part }:
                (reading ?? services)[part.Service] = part;
                break;
            case Removed { Service: var service }:
                (reading ?? services).Remove(service);
                break;
            case Configured { Objects: var objects }:
                Objects = objects;
                break;
            case Troubled { Problems: var problems }:
                Problems = problems;
                break;
            default:
                services = reading ?? services;
                reading = null;
                IsSynced = true;
                break;
        }
    }
}
