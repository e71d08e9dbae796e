namespace ControlPlane.Xds.Streams;

/// <summary>Wakes a stream at the earliest of the times that it asks for. Most streams never need one.</summary>
internal sealed class StreamAlarm(TimeProvider time, Action wake) : IDisposable
{
    private ITimer? timer;
    private long setAt;
    private TimeSpan setFor = Timeout.InfiniteTimeSpan;
    private int hasRung;

    public void SetIn(TimeSpan delay)
    {
        if (Interlocked.Exchange(ref hasRung, 0) == 1)
        {
            setFor = Timeout.InfiniteTimeSpan;
        }
        if (setFor != Timeout.InfiniteTimeSpan && setFor - time.GetElapsedTime(setAt) <= delay)
        {
            return;
        }
        setAt = time.GetTimestamp();
        setFor = delay;
        if (timer is null)
        {
            timer = time.CreateTimer(static state => ((StreamAlarm)state!).Ring(), this, delay, Timeout.InfiniteTimeSpan);
        }
        else
        {
            timer.Change(delay, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => timer?.Dispose();

    private void Ring()
    {
        Volatile.Write(ref hasRung, 1);
        wake();
    }
}
