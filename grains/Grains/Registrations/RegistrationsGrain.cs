using ControlPlane.Grains.Storage;
using ControlPlane.Model;
using ControlPlane.Model.Registrations;
using Orleans.Runtime;

namespace ControlPlane.Grains.Registrations;

/// <inheritdoc cref="IRegistrationsGrain"/>
[GrainType("registrations")]
public sealed class RegistrationsGrain(IStateStore store, IGrainFactory grains, TimeProvider time) : Grain, IRegistrationsGrain
{
    private const int MaximumGone = 10_000;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RepairPeriod = TimeSpan.FromSeconds(5);

    private readonly string incarnation = Guid.NewGuid().ToString("N");
    private readonly Dictionary<string, Entry> newest = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, string> order = [];
    private TaskCompletionSource news = NewNews();
    private long sequence;
    private long forgotten;
    private int gone;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        foreach (StoredRow row in await store.ReadAllAsync(RegistrationRows.Type, RegistrationRows.Key, cancellationToken))
        {
            Set(row.Key.Name, new RegistrationState(StateJson.Read<Registration>(row), IsExpired: false));
        }
        this.RegisterGrainTimer(_ => RepairAsync(), new GrainTimerCreationOptions(TimeSpan.Zero, RepairPeriod) { KeepAlive = true, Interleave = true });
    }

    public Task ReportAsync(string id, RegistrationState? state)
    {
        Set(id, state);
        return Task.CompletedTask;
    }

    public async Task<RegistrationChanges> ChangesSinceAsync(string incarnation, long sequence, CancellationToken cancellationToken)
    {
        if (incarnation != this.incarnation || sequence > this.sequence || sequence < forgotten)
        {
            return new RegistrationChanges(
                this.incarnation, this.sequence, true, newest.Where(pair => pair.Value.State is not null).Select(pair => new RegistrationChange(pair.Key, pair.Value.State)).ToValueList());
        }
        if (sequence == this.sequence)
        {
            await news.Task.WaitAsync(LongestWait, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
        return new RegistrationChanges(this.incarnation, this.sequence, false, order.Reverse().TakeWhile(entry => entry.Key > sequence)
            .Select(entry => new RegistrationChange(entry.Value, newest[entry.Value].State)).ToValueList());
    }

    public Task<ValueList<RegistrationState>> ListAsync() => Task.FromResult(newest.Values.Select(entry => entry.State).OfType<RegistrationState>().ToValueList());

    private static TaskCompletionSource NewNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Set(string id, RegistrationState? state)
    {
        if (newest.TryGetValue(id, out Entry? known))
        {
            if (known.State == state)
            {
                return;
            }
            order.Remove(known.Sequence);
            gone -= known.State is null ? 1 : 0;
        }
        else if (state is null)
        {
            return;
        }
        newest[id] = new Entry(++sequence, state);
        order[sequence] = id;
        gone += state is null ? 1 : 0;
        if (gone > MaximumGone)
        {
            ForgetOldest();
        }
        TaskCompletionSource told = news;
        news = NewNews();
        told.SetResult();
    }

    private void ForgetOldest()
    {
        (long oldest, string id) = order.First(entry => newest[entry.Value].State is null);
        order.Remove(oldest);
        newest.Remove(id);
        forgotten = oldest;
        gone--;
    }

    // A lease is watched by its own grain: one that was lost with its silo begins again when it is asked, and says what it holds.
    private async Task RepairAsync()
    {
        foreach (string id in newest.Where(pair => pair.Value.State is not null).Select(pair => pair.Key).ToArray())
        {
            Entry before = newest[id];
            RegistrationState? state = await grains.GetGrain<IEndpointGrain>(id).GetAsync();
            // What it has said meanwhile is newer.
            if (newest.GetValueOrDefault(id) == before)
            {
                Set(id, state);
            }
        }
    }

    private sealed record Entry(long Sequence, RegistrationState? State);
}
