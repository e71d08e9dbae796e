namespace ControlPlane.Adapters.Kubernetes.Watching;

/// <summary>Cancels when time is up, or with the outer token.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly CancellationTokenSource timer;
    private readonly CancellationTokenSource linked;

    public Deadline(TimeSpan within, TimeProvider time, CancellationToken outer)
    {
        timer = new CancellationTokenSource(within, time);
        linked = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, outer);
    }

    public CancellationToken Token => linked.Token;

    public void Restart(TimeSpan within) => timer.CancelAfter(within);

    public void Dispose()
    {
        linked.Dispose();
        timer.Dispose();
    }
}
