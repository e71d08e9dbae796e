using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Peers;
using NATS.Client.Core;

namespace ControlPlane.Tests.EndToEnd.Sources;

/// <summary>Registers routes again and again, as the route emitters of a foundation do.</summary>
internal sealed class Registrar : IAsyncDisposable
{
    private readonly NatsServer nats;
    private readonly CancellationTokenSource stop = new();
    private readonly ConcurrentDictionary<string, string> routes = new();
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly Task running;

    public Registrar(NatsServer nats)
    {
        this.nats = nats;
        running = RunAsync();
    }

    /// <summary>What registers a container. Further members as JSON.</summary>
    public static string Message(string uri, string host, int port, string app = "", string instance = "", int index = 0, string more = "")
    {
        var message = new JsonObject
        {
            ["host"] = host, ["port"] = port, ["uris"] = new JsonArray(uri), ["app"] = app, ["private_instance_id"] = instance.Length > 0 ? instance : $"{app}-{index}",
            ["private_instance_index"] = index.ToString(CultureInfo.InvariantCulture), ["tags"] = new JsonObject { ["component"] = "route-emitter" },
        };
        foreach ((string name, JsonNode? value) in JsonNode.Parse("{" + more + "}")!.AsObject())
        {
            message[name] = value?.DeepClone();
        }
        return message.ToJsonString();
    }

    /// <summary>Registers at once, and goes on.</summary>
    public Task KeepAsync(string name, string message)
    {
        routes[name] = message;
        return nats.PublishAsync("router.register", message);
    }

    /// <summary>Says no more of it, as one who died.</summary>
    public string Forget(string name) => routes.TryRemove(name, out string? message) ? message : "";

    /// <summary>Takes it back in order.</summary>
    public async Task UnregisterAsync(string name)
    {
        // Not between the look at a route and the word that it is there.
        await turn.WaitAsync();
        try
        {
            await nats.PublishAsync("router.unregister", Forget(name));
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
        turn.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        while (await timer.WaitForNextTickAsync(stop.Token))
        {
            await turn.WaitAsync(stop.Token);
            try
            {
                foreach (string message in routes.Values)
                {
                    await nats.PublishAsync("router.register", message).WaitAsync(TimeSpan.FromSeconds(1), TimeProvider.System, stop.Token);
                }
            }
            catch (Exception error) when (error is NatsException or TimeoutException or ObjectDisposedException or OperationCanceledException && !stop.IsCancellationRequested)
            {
                // The server is away; it is tried again.
            }
            finally
            {
                turn.Release();
            }
        }
    }
}
