using ControlPlane.Model;

namespace ControlPlane.Xds.Resources.Views;

/// <summary>What will change without anybody saying so: when services are to be looked at again. Used under its owner's lock.</summary>
internal sealed class ViewTimes : IDisposable
{
    private readonly TimeProvider time;
    private readonly ITimer timer;
    private readonly long start;
    private readonly PriorityQueue<ServiceId, TimeSpan> waiting = new();

    /// <param name="due">Is called, without a lock, when <see cref="TakeDue"/> has something.</param>
    public ViewTimes(TimeProvider time, Action due)
    {
        this.time = time;
        start = time.GetTimestamp();
        timer = time.CreateTimer(_ => due(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Since this was made.</summary>
    public TimeSpan Now => time.GetElapsedTime(start);

    public void Wake(ServiceId service, TimeSpan at)
    {
        bool isNext = !waiting.TryPeek(out _, out TimeSpan first) || at < first;
        waiting.Enqueue(service, at);
        if (isNext)
        {
            Arm(at);
        }
    }

    public IReadOnlyCollection<ServiceId> TakeDue()
    {
        var due = new HashSet<ServiceId>();
        TimeSpan now = Now;
        while (waiting.TryPeek(out ServiceId service, out TimeSpan at) && at <= now)
        {
            waiting.Dequeue();
            due.Add(service);
        }
        if (waiting.TryPeek(out _, out TimeSpan next))
        {
            Arm(next);
        }
        return due;
    }

    public void Dispose() => timer.Dispose();

    // A little later: a timer may come early by what clocks differ in.
    private void Arm(TimeSpan at) => timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, Math.Ceiling((at - Now).TotalMilliseconds) + 1)), Timeout.InfiniteTimeSpan);
}
