using ControlPlane.Adapters.Consul.Client;

namespace ControlPlane.Adapters.Consul.Watching;

/// <summary>What all queries of one feed share.</summary>
/// <param name="Fail">Ends the feed with a failure.</param>
/// <param name="Stop">Ends all of it.</param>
internal sealed record WatchContext(
    ConsulClient Client, ServiceReader Reader, ConsulTimes Times, TimeProvider Time, Action<Exception> Fail, CancellationToken Stop)
{
    public BlockingQuery<T> Query<T>(ConsulRequest<T> request, ulong index = 0) => new(Client, request, Times, Time, index);

    /// <summary>Runs it to its end; never fails itself.</summary>
    public async Task GuardAsync(Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (OperationCanceledException)
        {
            // It was told to end.
        }
        catch (Exception failure)
        {
            Fail(failure);
        }
    }
}
