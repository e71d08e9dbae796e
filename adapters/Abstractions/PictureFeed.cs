using System.Threading.Channels;

namespace ControlPlane.Adapters;

/// <summary>
/// Joins several things that are watched into one picture: each hands in its changes, in its own order, and one loop applies them. When one of them
/// fails, the whole does.
/// </summary>
/// <typeparam name="TPicture">What the changes are applied to, by one loop.</typeparam>
public sealed class PictureFeed<TPicture>
{
    private const int MaximumTogether = 1024;

    private readonly Channel<Action<TPicture>> changes = Channel.CreateBounded<Action<TPicture>>(new BoundedChannelOptions(MaximumTogether) { SingleReader = true });
    private readonly List<Func<CancellationToken, Task>> watches = [];

    /// <summary>Adds something that is watched until it is cancelled or fails.</summary>
    public void Add(Func<CancellationToken, Task> watch) => watches.Add(watch);

    /// <summary>Hands in a change; waits while there are too many.</summary>
    public ValueTask ChangeAsync(Action<TPicture> change, CancellationToken cancellationToken) => changes.Writer.WriteAsync(change, cancellationToken);

    /// <summary>Runs all watches and applies their changes; what has come meanwhile is taken together.</summary>
    /// <typeparam name="TChange">What is reported.</typeparam>
    /// <param name="takeChanges">Asked after each batch for what is to be reported.</param>
    /// <exception cref="Exception">That of the watch that failed first.</exception>
    public async IAsyncEnumerable<TChange> RunAsync<TChange>(
        TPicture picture, Func<IEnumerable<TChange>> takeChanges, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task watching = Task.WhenAll(watches.Select(watch => GuardAsync(watch, stop.Token)));
        try
        {
            while (await changes.Reader.WaitToReadAsync(cancellationToken))
            {
                for (int i = 0; i < MaximumTogether && changes.Reader.TryRead(out Action<TPicture>? change); i++)
                {
                    change(picture);
                }
                foreach (TChange happened in takeChanges())
                {
                    yield return happened;
                }
            }
        }
        finally
        {
            await stop.CancelAsync();
            await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task GuardAsync(Func<CancellationToken, Task> watch, CancellationToken cancellationToken)
    {
        try
        {
            await watch(cancellationToken);
        }
        catch (Exception failure)
        {
            changes.Writer.TryComplete(failure);
        }
    }
}
