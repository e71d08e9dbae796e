namespace ControlPlane.Xds.Streams;

/// <summary>
/// Runs something on the thread pool whenever it is asked to, never twice at once: whatever was asked for during a run is one more run. Asking
/// takes no lock and no memory.
/// </summary>
internal abstract class StreamTurns : IThreadPoolWorkItem
{
    private const int Idle = 0;
    private const int Running = 1;
    private const int Asked = 2;
    private int state;

    /// <summary>Asks for a turn, from any thread.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref state, Asked) == Idle)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    void IThreadPoolWorkItem.Execute() => Run();

    /// <summary>Takes a turn at once, if none is running; for a thread of the pool that has nothing else to do.</summary>
    protected void WakeHere()
    {
        if (Interlocked.Exchange(ref state, Asked) == Idle)
        {
            Run();
        }
    }

    /// <summary>One turn. False: there will be no other.</summary>
    protected abstract bool Turn();

    private void Run()
    {
        do
        {
            Volatile.Write(ref state, Running);
            Interlocked.MemoryBarrier();
            if (!Turn())
            {
                // It stays running for ever, so that nothing is queued again.
                return;
            }
        }
        while (Interlocked.CompareExchange(ref state, Idle, Running) != Running);
    }
}
