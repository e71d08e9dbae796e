using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace ControlPlane.Embedded;

/// <summary>
/// A grain in memory. Its calls run one after the other, those that may interleave between their turns; calls that come while it is being
/// made wait, and calls that come while it ends are given back to be sent to the next activation.
/// </summary>
[SuppressMessage("Reliability", "CA1001", Justification = "its token source has neither timer nor handle")]
internal sealed partial class Activation(GrainRuntime runtime, Type implementation, string key)
{
    [ThreadStatic]
    private static Activation? beingMade;

    private readonly Lock gate = new();
    private readonly ActivationScheduler scheduler = new();
    private readonly Queue<GrainCall> waiting = new();
    private readonly Queue<GrainCall> waitingToInterleave = new();
    private readonly TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<ActivationTimer> timers = [];
    private readonly CancellationTokenSource ended = new();
    private Grain? grain;
    private Phase phase = Phase.Activating;
    private int running;
    private bool exclusive;
    private DeactivationReason? leaving;

    private enum Phase
    {
        Activating,
        Active,
        Deactivating,
        Gone,
    }

    /// <summary>The activation whose grain's constructor runs on this thread.</summary>
    internal static Activation BeingMade =>
        beingMade ?? throw new InvalidOperationException("a grain is made by its host, never with new");

    public Type Implementation => implementation;

    public string Key => key;

    public GrainId Id { get; } = new(GrainRuntime.TypeName(implementation), key);

    public TimeProvider Time => runtime.Time;

    /// <summary>Done when the directory no longer has it.</summary>
    public Task Ended => gone.Task;

    public void Start() => scheduler.Run(() => Observe(ActivateAsync()));

    /// <summary>Takes the call, or says that this activation has ended.</summary>
    public bool TryAccept(GrainCall call)
    {
        lock (gate)
        {
            if (phase is Phase.Deactivating or Phase.Gone)
            {
                return false;
            }
            if (phase == Phase.Activating || !CanStart(call))
            {
                (call.Method.Interleaves ? waitingToInterleave : waiting).Enqueue(call);
                return true;
            }
            Take(call);
        }
        scheduler.Run(() => Observe(RunAsync(call)));
        return true;
    }

    /// <summary>Ends the activation when its running calls are done.</summary>
    public void DeactivateOnIdle(DeactivationReason reason)
    {
        lock (gate)
        {
            leaving ??= reason;
        }
        scheduler.Run(Pump);
    }

    /// <summary>Ends it as a crash does: nothing more of it runs in order, its state is lost, and its callers get an exception.</summary>
    public void Kill()
    {
        lock (gate)
        {
            phase = Phase.Gone;
        }
        Leave(new OperationCanceledException($"{Id} was killed"));
    }

    public IGrainTimer StartTimer(Func<CancellationToken, Task> callback, GrainTimerCreationOptions options)
    {
        var timer = new ActivationTimer(this, callback, options);
        lock (gate)
        {
            timers.Add(timer);
        }
        return timer;
    }

    /// <summary>Runs a timer's callback as a turn, unless the activation is ending.</summary>
    public void RunTimer(ActivationTimer timer)
    {
        if (!TryAccept(timer))
        {
            timer.Dispose();
        }
    }

    private async Task ActivateAsync()
    {
        try
        {
            beingMade = this;
            IReadOnlyList<IStoredState> states;
            try
            {
                (grain, states) = runtime.Construct(this);
            }
            finally
            {
                beingMade = null;
            }
            foreach (IStoredState state in states)
            {
                await state.ReadStateAsync();
            }
            await grain.OnActivateAsync(ended.Token);
        }
        catch (Exception exception)
        {
            // What it needs may be ending with the host.
            if (!(runtime.IsStopping && exception is OperationCanceledException))
            {
                LogActivationFailed(runtime.Logger, Id, exception);
            }
            lock (gate)
            {
                phase = Phase.Gone;
            }
            Leave(exception);
            return;
        }
        lock (gate)
        {
            phase = phase == Phase.Activating ? Phase.Active : phase;
        }
        Pump();
    }

    private async Task RunAsync(GrainCall call)
    {
        try
        {
            await call.RunAsync(grain!);
        }
        catch (Exception exception)
        {
            if (exception is InconsistentStateException)
            {
                lock (gate)
                {
                    leaving ??= new DeactivationReason(DeactivationReasonCode.ApplicationError, exception.Message);
                }
            }
            call.Fail(exception);
        }
        lock (gate)
        {
            running--;
            exclusive &= call.Method.Interleaves;
        }
        Pump();
    }

    // Starts what may start now, and ends the activation when it is to end and nothing runs.
    private void Pump()
    {
        while (true)
        {
            GrainCall? next;
            lock (gate)
            {
                if (phase != Phase.Active)
                {
                    return;
                }
                if (leaving is not null)
                {
                    if (running > 0)
                    {
                        return;
                    }
                    phase = Phase.Deactivating;
                    next = null;
                }
                else if (waitingToInterleave.TryDequeue(out next) || (!exclusive && waiting.TryDequeue(out next)))
                {
                    Take(next);
                }
                else
                {
                    return;
                }
            }
            if (next is null)
            {
                Observe(DeactivateAsync(leaving.GetValueOrDefault()));
                return;
            }
            Observe(RunAsync(next));
        }
    }

    private async Task DeactivateAsync(DeactivationReason reason)
    {
        try
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10), Time);
            await grain!.OnDeactivateAsync(reason, deadline.Token);
        }
        catch (Exception exception)
        {
            LogDeactivationFailed(runtime.Logger, Id, exception);
        }
        lock (gate)
        {
            phase = Phase.Gone;
        }
        Leave(failure: null);
    }

    // The directory forgets it first, so that calls given back find the next activation.
    private void Leave(Exception? failure)
    {
        runtime.Forget(this);
        gone.TrySetResult();
        ended.Cancel();
        GrainCall[] left;
        lock (gate)
        {
            timers.ForEach(timer => timer.Dispose());
            left = [.. waitingToInterleave, .. waiting];
            waitingToInterleave.Clear();
            waiting.Clear();
        }
        foreach (GrainCall call in left)
        {
            if (call is ActivationTimer)
            {
                continue;
            }
            if (failure is null)
            {
                runtime.Send(implementation, key, call);
            }
            else
            {
                call.Fail(failure);
            }
        }
    }

    private bool CanStart(GrainCall call) => call.Method.Interleaves || !exclusive;

    private void Take(GrainCall call)
    {
        running++;
        exclusive |= !call.Method.Interleaves;
    }

    private void Observe(Task task) =>
        task.ContinueWith(
            failed => LogTurnFailed(runtime.Logger, Id, failed.Exception!),
            CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    [LoggerMessage(1, LogLevel.Error, "{Grain} could not be activated")]
    private static partial void LogActivationFailed(ILogger logger, GrainId grain, Exception exception);

    [LoggerMessage(2, LogLevel.Warning, "{Grain} failed while it was deactivated")]
    private static partial void LogDeactivationFailed(ILogger logger, GrainId grain, Exception exception);

    [LoggerMessage(3, LogLevel.Critical, "a turn of {Grain} failed in its host")]
    private static partial void LogTurnFailed(ILogger logger, GrainId grain, Exception exception);
}
