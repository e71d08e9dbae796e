namespace ControlPlane.Tests.EndToEnd.Traffic;

/// <summary>Requests without a pause.</summary>
public sealed class Load
{
    private readonly CancellationTokenSource stopping = new();
    private readonly Task running;

    internal Load(Caller caller, int parallel) => running = Task.WhenAll(Enumerable.Range(0, parallel).Select(async _ =>
    {
        while (!stopping.IsCancellationRequested)
        {
            await caller.CountAsync(Tally);
        }
    }));

    public Tally Tally { get; } = new();

    /// <summary>Waits until so many more requests have been answered.</summary>
    public Task UntilMoreAsync(int requests)
    {
        int goal = Tally.Total + requests;
        return Eventually.Until(() => Tally.Total >= goal, state: Tally.ToString);
    }

    /// <summary>Who answers the next requests: all that this sends, since some among others may meet the same hosts again and again.</summary>
    public async Task<Tally> NextAsync(int requests)
    {
        var before = new Dictionary<string, int>(Tally.Answers);
        await UntilMoreAsync(requests);
        return Tally.Since(before);
    }

    /// <summary>Stops, and says what became of the requests.</summary>
    public async Task<Tally> StopAsync()
    {
        await stopping.CancelAsync();
        await running;
        return Tally;
    }
}
