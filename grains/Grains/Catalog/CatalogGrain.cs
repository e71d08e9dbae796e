using ControlPlane.Grains.Sources;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;

namespace ControlPlane.Grains.Catalog;

/// <inheritdoc cref="ICatalogGrain"/>
[GrainType("catalog")]
public sealed class CatalogGrain(IGrainFactory grains, TimeProvider time) : Grain, ICatalogGrain
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(2);

    private readonly string incarnation = Guid.NewGuid().ToString("N");
    private readonly CatalogLog log = new();
    private readonly HashSet<string> compared = [];
    private TaskCompletionSource news = NewNews();
    private bool isComplete;

    public Task<PublishResult> PublishAsync(CatalogRecord record)
    {
        long before = log.Sequence;
        PublishResult result = log.Publish(record);
        TellSince(before);
        return Task.FromResult(result);
    }

    public Task RefuteAsync(ValueList<CatalogRecord> records)
    {
        long before = log.Sequence;
        foreach (CatalogRecord record in records)
        {
            log.Publish(record);
        }
        TellSince(before);
        return Task.CompletedTask;
    }

    public async Task<CatalogChanges> ChangesSinceAsync(string incarnation, long sequence, CancellationToken cancellationToken)
    {
        if (incarnation != this.incarnation || sequence > log.Sequence)
        {
            return Changes(0, isSnapshot: true);
        }
        if (sequence == log.Sequence)
        {
            await news.Task.WaitAsync(LongestWait, time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
        return Changes(sequence, isSnapshot: false);
    }

    public async Task<ComparedDigest> CompareAsync(string source, ShardDigest digest)
    {
        if (log.DigestOf(source) != digest)
        {
            return new ComparedDigest(false, log.PartsOf(source).ToValueList());
        }
        if (!isComplete && compared.Add(source))
        {
            ValueList<string> sources = await grains.GetGrain<ISourceDirectoryGrain>(ISourceDirectoryGrain.Key).ListAsync();
            if (sources.All(compared.Contains))
            {
                isComplete = true;
                Tell();
            }
        }
        return new ComparedDigest(true, default);
    }

    private static TaskCompletionSource NewNews() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CatalogChanges Changes(long since, bool isSnapshot) =>
        new(incarnation, log.Sequence, isSnapshot, isComplete, log.Since(since).ToValueList());

    private void TellSince(long sequence)
    {
        if (log.Sequence != sequence)
        {
            Tell();
        }
    }

    private void Tell()
    {
        TaskCompletionSource told = news;
        news = NewNews();
        told.SetResult();
    }
}
