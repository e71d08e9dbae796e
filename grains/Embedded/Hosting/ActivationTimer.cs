using System.Reflection;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace ControlPlane.Embedded;

/// <summary>A timer of an activation: each tick is a call like any other, so it waits for its turn. One tick at most is under way.</summary>
internal sealed class ActivationTimer : GrainCall, IGrainTimer
{
    private static readonly GrainMethod Exclusive = Marker(nameof(ITick.Tick));
    private static readonly GrainMethod Interleaving = Marker(nameof(ITick.TickBetween));

    private readonly Activation activation;
    private readonly Func<CancellationToken, Task> callback;
    private readonly CancellationTokenSource stopped = new();
    private readonly ITimer timer;
    private int underWay;
    private TimeSpan period;

    public ActivationTimer(Activation activation, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
        : base(options.Interleave ? Interleaving : Exclusive, [])
    {
        this.activation = activation;
        this.callback = callback;
        period = options.Period;
        timer = activation.Time.CreateTimer(static state => ((ActivationTimer)state!).Tick(), this, options.DueTime, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The two kinds of turn a tick can be.</summary>
    private interface ITick
    {
        Task Tick();

        [AlwaysInterleave]
        Task TickBetween();
    }

    public override Task Completion => Task.CompletedTask;

    public override async Task RunAsync(object grain)
    {
        try
        {
            if (!stopped.IsCancellationRequested)
            {
                await callback(stopped.Token);
            }
        }
        catch (OperationCanceledException) when (stopped.IsCancellationRequested)
        {
            // The timer was disposed while it ran.
        }
        finally
        {
            Volatile.Write(ref underWay, 0);
            Again();
        }
    }

    // A callback that throws has no caller to tell; the next tick comes as usual.
    public override void Fail(Exception exception)
    {
    }

    public void Change(TimeSpan dueTime, TimeSpan period)
    {
        this.period = period;
        timer.Change(dueTime, Timeout.InfiniteTimeSpan);
    }

    public void Dispose()
    {
        stopped.Cancel();
        timer.Dispose();
    }

    private static GrainMethod Marker(string name) =>
        GrainMethod.Of(typeof(ITick).GetMethod(name, BindingFlags.Public | BindingFlags.Instance)!);

    private void Tick()
    {
        if (Interlocked.Exchange(ref underWay, 1) == 0)
        {
            activation.RunTimer(this);
        }
    }

    private void Again()
    {
        if (!stopped.IsCancellationRequested && period > TimeSpan.Zero && period != Timeout.InfiniteTimeSpan)
        {
            timer.Change(period, Timeout.InfiniteTimeSpan);
        }
    }
}
