namespace ControlPlane.Grains.Catalog;

/// <summary>Tells those who call grains from outside when the engine takes calls.</summary>
public sealed class GrainsReady
{
    private readonly TaskCompletionSource ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsSet => ready.Task.IsCompleted;

    public void Set() => ready.TrySetResult();

    public Task WaitAsync(CancellationToken cancellationToken) => ready.Task.WaitAsync(cancellationToken);
}
