using ControlPlane.Grains.Storage.Postgres;
using ControlPlane.Silo.Engine;

namespace ControlPlane.Silo.Hosting.Database;

/// <summary>
/// Keeps this process's claim of its region in the shared database, and knows whether that can be reached. Where there is none, all of that is given.
/// </summary>
internal sealed partial class RegionDatabase(PostgresDatabase? database, ProcessEnd end, TimeProvider time, ILogger<RegionDatabase> logger) : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    // A process that was killed may take a moment to be gone, and one that is the first of its region to look around.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    // What was known from before is served after this, whatever the database does.
    private static readonly TimeSpan FirstAttempt = TimeSpan.FromSeconds(3);
    private readonly TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RegionClaim? claim;
    private volatile string? problem;

    /// <summary>Where it is; null: state is in the process's own folder.</summary>
    public string? Description => database?.Address.Description;

    /// <summary>What is wrong with it; null: nothing.</summary>
    public string? Problem => problem;

    /// <summary>Waits until grains may begin: there is a claim, or was one.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => open.Task.WaitAsync(cancellationToken);

    /// <summary>Tries it before anything is served.</summary>
    /// <exception cref="IOException">Others have the region.</exception>
    public async Task TryOpenAsync(CancellationToken cancellationToken)
    {
        if (database is null)
        {
            open.SetResult();
            return;
        }
        long began = time.GetTimestamp();
        Attempt attempt = await TryAsync(FirstAttempt, cancellationToken);
        while (attempt == Attempt.Refused)
        {
            if (time.GetElapsedTime(began) > Patience)
            {
                throw new IOException(Refusal);
            }
            await Task.Delay(RetryDelay, time, cancellationToken);
            attempt = await TryAsync(FirstAttempt, cancellationToken);
        }
    }

    public override void Dispose()
    {
        claim?.DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        long? refused = null;
        while (database is not null && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                Attempt attempt = claim is null ? await TryAsync(Timeout.InfiniteTimeSpan, stoppingToken) : Attempt.Taken;
                if (attempt == Attempt.Taken)
                {
                    refused = null;
                    await WaitUntilLostAsync(stoppingToken);
                    continue;
                }
                refused = attempt == Attempt.Refused ? refused ?? time.GetTimestamp() : null;
                if (refused is { } since && time.GetElapsedTime(since) > Patience)
                {
                    end.Because(Refusal);
                    return;
                }
                await Task.Delay(RetryDelay, time, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private string Refusal => GrainEngine.IsDistributed
        ? $"region '{database!.Region}' in {Description} is in use by a process with the Embedded engine, which shares it with nobody: end that one, or name another with --region"
        : $"region '{database!.Region}' in {Description} is in use by another control plane, and the Embedded engine is of one process: end that one, name another with --region, or build with Orleans to run several";

    private async Task<Attempt> TryAsync(TimeSpan within, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using ITimer timer = time.CreateTimer(_ => deadline.Cancel(), null, within, Timeout.InfiniteTimeSpan);
        try
        {
            await database!.PrepareAsync(deadline.Token);
            claim = await GrainEngine.TryClaimAsync(database, deadline.Token);
            if (claim is null)
            {
                return Attempt.Refused;
            }
            if (problem is not null)
            {
                LogBack(logger, Description!);
            }
            problem = null;
            open.TrySetResult();
            return Attempt.Taken;
        }
        catch (Exception exception) when (exception is IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Say(exception is IOException ? exception.Message : $"{Description}: it does not answer in time");
            return Attempt.Failed;
        }
    }

    private async Task WaitUntilLostAsync(CancellationToken cancellationToken)
    {
        try
        {
            await claim!.WaitUntilLostAsync(cancellationToken);
        }
        catch (IOException lost)
        {
            await claim!.DisposeAsync();
            claim = null;
            Say(lost.Message);
        }
    }

    private void Say(string what)
    {
        if (problem is null)
        {
            LogAway(logger, what);
        }
        problem = what;
    }

    private enum Attempt
    {
        Taken,
        Refused,
        Failed,
    }

    [LoggerMessage(1, LogLevel.Error, "{Problem}: what is known is served, and nothing new is stored until it is back")]
    private static partial void LogAway(ILogger logger, string problem);

    [LoggerMessage(2, LogLevel.Information, "{Database}: it is back")]
    private static partial void LogBack(ILogger logger, string database);
}
