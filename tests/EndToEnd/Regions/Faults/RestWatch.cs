using System.Text.Json.Nodes;

namespace ControlPlane.Tests.EndToEnd.Regions.Faults;

/// <summary>Asks a region again and again which endpoints there are.</summary>
internal sealed class RestWatch(FaultedRegion region, Observer observer)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private Life life = region.Life;
    private bool isReady;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            Life now = region.Life;
            if (now != life)
            {
                (life, isReady) = (now, false);
                observer.Restarted(life.Loss);
            }
            // What is shown before it is ready is not yet its word.
            if (await AskAsync() is { } endpoints && region.Life == now)
            {
                foreach (string service in Services.All)
                {
                    observer.See(service, endpoints.Where(endpoint => (string?)endpoint!["service"] == $"default/{service}" && FaultedRegion.IsServing((string)endpoint["health"]!)).Select(Read));
                }
            }
            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }
    }

    private static (int Port, string Text) Read(JsonNode? endpoint)
    {
        int port = endpoint!["ports"]!["80"]!.GetValue<int>();
        return (port, FaultedRegion.Text(endpoint["address"]!.GetValue<string>(), port));
    }

    private async Task<JsonArray?> AskAsync()
    {
        try
        {
            isReady = isReady || await region.ControlPlane.IsReadyAsync().WaitAsync(Patience);
            return isReady ? await region.ControlPlane.ListAsync("endpoints?limit=5000").WaitAsync(Patience) : null;
        }
        catch (Exception away) when (away is HttpRequestException or TimeoutException or InvalidOperationException or OperationCanceledException)
        {
            // It is down, or does not answer.
            return null;
        }
    }
}
