using System.Text.Json;
using System.Threading.Channels;
using ControlPlane.Adapters.CloudFoundry.Access;
using NATS.Client.Core;

namespace ControlPlane.Adapters.CloudFoundry.Routes;

/// <summary>
/// One connection to the NATS where routes are registered. It takes part as a router does: says that it is there, so that all register at once, and
/// answers those who ask how often they are to.
/// </summary>
internal sealed class RouteBus : IAsyncDisposable
{
    public const string Register = "router.register";
    public const string Unregister = "router.unregister";

    private const string Start = "router.start";
    private const string Greet = "router.greet";
    // One subscription for all, so that they come in the order in which they were sent.
    private const string All = "router.*";
    private const int MaximumPending = 64 * 1024;
    // Seconds; a router that asks for less is not believed.
    private const int LongestInterval = 60;
    private static readonly TimeSpan GreetingWithin = TimeSpan.FromSeconds(1);

    private readonly NatsAccess access;
    private readonly NatsConnection connection;
    private readonly CancellationTokenSource lost = new();
    private TimeSpan prune;
    private byte[] start = [];
    private volatile string why = "the connection is lost";
    private volatile string? refused;
    private INatsSub<byte[]>? subscription;

    private RouteBus(NatsAccess access, NatsConnection connection, CloudFoundryTimes times)
    {
        this.access = access;
        this.connection = connection;
        Interval = times.Gather;
        prune = times.Prune;
        connection.ConnectionDisconnected += (_, _) => LoseAsync("the connection is lost");
        connection.MessageDropped += (_, _) => LoseAsync("messages came faster than they could be taken, and some were dropped");
        connection.ServerError += (_, error) => RefusedAsync(error.Error);
    }

    /// <summary>How often routes are registered anew.</summary>
    public TimeSpan Interval { get; private set; }

    /// <summary>What the server does not allow, though it is not needed; null: nothing.</summary>
    public string? Refused => refused;

    /// <exception cref="CloudFoundryException">It cannot be reached, or does not let us in.</exception>
    public static async Task<RouteBus> OpenAsync(NatsAccess access, CloudFoundryTimes times, TimeProvider time, IApiCallObserver calls, CancellationToken cancellationToken)
    {
        NatsOpts options = await NatsLogin.OptionsAsync(access, times, cancellationToken);
        var bus = new RouteBus(access, new NatsConnection(options), times);
        long begun = time.GetTimestamp();
        string outcome = "unreachable";
        try
        {
            await bus.ConnectAsync(cancellationToken);
            outcome = "200";
            return bus;
        }
        catch (Exception error)
        {
            await bus.DisposeAsync();
            if (error is OperationCanceledException && cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            throw error as CloudFoundryException ?? NatsLogin.Explain(access, error);
        }
        finally
        {
            calls.Called(new ApiCall("cloudFoundry:nats/connect", outcome, time.GetElapsedTime(begun)));
        }
    }

    /// <summary>Hands on what is said, until the connection is lost.</summary>
    /// <exception cref="CloudFoundryException">It is lost.</exception>
    public async Task ListenAsync(Func<string, byte[], CancellationToken, ValueTask> hear, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lost.Token);
        try
        {
            await foreach (NatsMsg<byte[]> message in subscription!.Msgs.ReadAllAsync(either.Token))
            {
                if (message.Subject == Greet && message.ReplyTo is { Length: > 0 } asker)
                {
                    await connection.PublishAsync(asker, start, cancellationToken: either.Token);
                }
                else if (message.Subject is Register or Unregister)
                {
                    await hear(message.Subject, message.Data ?? [], either.Token);
                }
            }
        }
        catch (Exception) when (lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // Said below.
        }
        cancellationToken.ThrowIfCancellationRequested();
        throw new CloudFoundryException($"{access.Place}: {why}; what is known is kept until it is back");
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        lost.Dispose();
    }

    private async Task ConnectAsync(CancellationToken cancellationToken)
    {
        await connection.ConnectAsync().AsTask().WaitAsync(cancellationToken);
        await GreetAsync(cancellationToken);
        subscription = await connection.SubscribeCoreAsync<byte[]>(
            All, opts: new NatsSubOpts { ChannelOpts = new NatsSubChannelOpts { Capacity = MaximumPending, FullMode = BoundedChannelFullMode.Wait } }, cancellationToken: cancellationToken);
        // What it does not like it says before it answers this.
        await connection.PingAsync(cancellationToken);
        if (lost.IsCancellationRequested)
        {
            throw new CloudFoundryException($"{access.Place}: {why}");
        }
        await connection.PublishAsync(Start, start, cancellationToken: cancellationToken);
    }

    /// <summary>Asks the foundation's own routers how often it is registered there: what we say of ourselves must not change that.</summary>
    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        try
        {
            NatsMsg<byte[]> answer = await connection.RequestAsync<byte[], byte[]>(
                Greet, [], replyOpts: new NatsSubOpts { Timeout = GreetingWithin }, cancellationToken: cancellationToken);
            RouterStart? router = JsonSerializer.Deserialize(answer.Data, RouteJson.Default.RouterStart);
            if (router is { MinimumRegisterIntervalInSeconds: > 0 and <= LongestInterval })
            {
                Interval = TimeSpan.FromSeconds(router.MinimumRegisterIntervalInSeconds);
                prune = router.PruneThresholdInSeconds > router.MinimumRegisterIntervalInSeconds ? TimeSpan.FromSeconds(router.PruneThresholdInSeconds) : prune;
            }
        }
        catch (Exception error) when (error is NatsException or JsonException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            // There is no router, or it may not be asked.
        }
        start = JsonSerializer.SerializeToUtf8Bytes(
            new RouterStart
            {
                Id = $"controlplane-{Guid.NewGuid():N}",
                Hosts = [],
                MinimumRegisterIntervalInSeconds = Math.Max(1, (int)Interval.TotalSeconds),
                PruneThresholdInSeconds = Math.Max(1, (int)prune.TotalSeconds),
            },
            RouteJson.Default.RouterStart);
    }

    private ValueTask LoseAsync(string reason)
    {
        if (!lost.IsCancellationRequested)
        {
            why = reason;
        }
        return new ValueTask(CancelAsync());
    }

    private async Task CancelAsync()
    {
        try
        {
            await lost.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It was let go.
        }
    }

    // Who may not publish hears all the same, a little later.
    private ValueTask RefusedAsync(string error)
    {
        if (error.Contains("Permissions Violation for Subscription to", StringComparison.OrdinalIgnoreCase) && error.Contains(All, StringComparison.Ordinal))
        {
            return LoseAsync($"it may not be subscribed to {All}: allow that ({error})");
        }
        if (error.Contains("Permissions Violation", StringComparison.OrdinalIgnoreCase))
        {
            refused = $"the server does not let us publish {Start}, so that routes are heard only when they are renewed: allow that ({error})";
        }
        return ValueTask.CompletedTask;
    }
}
