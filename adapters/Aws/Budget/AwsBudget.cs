namespace ControlPlane.Adapters.Aws.Budget;

/// <summary>
/// A token bucket with a queue, first come first served. When AWS says that there are too many requests it fills half as fast; every
/// request that is answered brings a hundredth of the full rate back.
/// </summary>
internal sealed class AwsBudget : IDisposable
{
    private const double LeastShare = 1.0 / 20;
    private const double Recovery = 1.0 / 100;

    /// <summary>Answers to what was sent together are one piece of news.</summary>
    private static readonly TimeSpan SameNews = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private readonly LinkedList<TaskCompletionSource> queue = new();
    private double full;
    private double burst;
    private double rate;
    private double tokens;
    private long filled;
    private long? halved;

    public AwsBudget(double full, double burst, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(full);
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        this.full = rate = full;
        this.burst = tokens = burst;
        this.time = time;
        filled = time.GetTimestamp();
        timer = time.CreateTimer(_ => Serve(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Requests a second, now.</summary>
    public double Rate
    {
        get
        {
            lock (gate)
            {
                return rate;
            }
        }
    }

    /// <summary>Takes a token, once there is one.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource> place;
        lock (gate)
        {
            Fill();
            if (queue.Count == 0 && Take())
            {
                return;
            }
            place = queue.AddLast(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            SetTimer();
        }
        await using CancellationTokenRegistration leaving = cancellationToken.Register(() => Leave(place, cancellationToken));
        await place.Value.Task;
    }

    /// <summary>AWS said that there were too many requests.</summary>
    public void Throttled()
    {
        lock (gate)
        {
            Fill();
            if (halved is { } last && time.GetElapsedTime(last) < SameNews)
            {
                return;
            }
            halved = time.GetTimestamp();
            rate = Math.Max(rate / 2, full * LeastShare);
            tokens = 0;
            SetTimer();
        }
    }

    /// <summary>AWS did what it was asked.</summary>
    public void Answered()
    {
        lock (gate)
        {
            Fill();
            rate = Math.Min(rate + (full * Recovery), full);
        }
    }

    /// <summary>Another user of the same budget wishes for less.</summary>
    public void Lower(double newFull, double newBurst)
    {
        lock (gate)
        {
            Fill();
            full = Math.Min(full, newFull);
            rate = Math.Min(rate, full);
            burst = Math.Min(burst, newBurst);
            tokens = Math.Min(tokens, burst);
        }
    }

    public void Dispose()
    {
        timer.Dispose();
        lock (gate)
        {
            foreach (TaskCompletionSource waiting in queue)
            {
                waiting.TrySetException(new ObjectDisposedException(nameof(AwsBudget)));
            }
            queue.Clear();
        }
    }

    private void Serve()
    {
        lock (gate)
        {
            Fill();
            while (queue.First is { } first && Take())
            {
                queue.RemoveFirst();
                first.Value.TrySetResult();
            }
            SetTimer();
        }
    }

    private void Leave(LinkedListNode<TaskCompletionSource> place, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (place.List is not null)
            {
                queue.Remove(place);
                place.Value.TrySetCanceled(cancellationToken);
            }
        }
    }

    private void Fill()
    {
        long now = time.GetTimestamp();
        tokens = Math.Min(burst, tokens + (time.GetElapsedTime(filled, now).TotalSeconds * rate));
        filled = now;
    }

    private bool Take()
    {
        // Sums of fractions may miss the whole by a hair.
        if (tokens < 1 - 1e-6)
        {
            return false;
        }
        tokens -= 1;
        return true;
    }

    private void SetTimer()
    {
        if (queue.Count > 0)
        {
            timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(1 - tokens, 0) / rate * 1000)), Timeout.InfiniteTimeSpan);
        }
    }
}
