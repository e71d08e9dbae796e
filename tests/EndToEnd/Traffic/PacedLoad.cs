using System.Collections.Concurrent;
using System.Diagnostics;

namespace ControlPlane.Tests.EndToEnd.Traffic;

/// <summary>So many requests a second, whatever becomes of them: each is sent when its time has come, not when the one before is answered.</summary>
public sealed class PacedLoad : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private readonly CancellationTokenSource stopping = new();
    private readonly ConcurrentQueue<Answer> answers = new();
    private readonly long start = Stopwatch.GetTimestamp();
    private readonly Task running;

    public PacedLoad(Caller caller, int perSecond)
    {
        running = RunAsync(caller, TimeSpan.FromSeconds(1.0 / perSecond));
    }

    /// <summary>Since the beginning.</summary>
    public TimeSpan Now => Stopwatch.GetElapsedTime(start);

    public IReadOnlyCollection<Answer> Answers => answers;

    /// <summary>How many were answered at last, but not soon.</summary>
    public int Late => answers.Count(answer => answer.Name is not null && answer.Took > Patience);

    /// <summary>Waits until all of the last so many requests were answered, soon, by somebody whose name begins like one of these.</summary>
    /// <returns>When the first of those that all others followed was sent.</returns>
    public async Task<TimeSpan> UntilAllByAsync(string[] prefixes, int inARow = 60, TimeSpan since = default, TimeSpan? within = null)
    {
        TimeSpan from = default;
        await Eventually.Until(() =>
        {
            // One that is not answered yet may be on its way, or lost.
            TimeSpan now = Now;
            Answer[] all = [.. answers.Where(answer => answer.Sent >= since && (answer.IsAnswered || now - answer.Sent > Patience)).OrderBy(answer => answer.Sent)];
            int last = Array.FindLastIndex(all, answer => answer.Name is null || answer.Took > Patience || !prefixes.Any(prefix => answer.Name.StartsWith(prefix, StringComparison.Ordinal)));
            from = last + 1 < all.Length ? all[last + 1].Sent : TimeSpan.MaxValue;
            return all.Length - last - 1 >= inARow;
        }, within, state: () => string.Join(' ', answers.TakeLast(20).Select(answer => answer.Name ?? answer.Failure ?? "(waiting)")), what: $"all answered by {string.Join(" or ", prefixes)}");
        return from;
    }

    /// <summary>Those that failed, or have not been answered for a while, sent since then.</summary>
    public Answer[] LostSince(TimeSpan since)
    {
        TimeSpan now = Now;
        return [.. answers.Where(answer => answer.Sent >= since && (answer.Failure is not null || (!answer.IsAnswered && now - answer.Sent > Patience)))];
    }

    /// <summary>Sends no more, and waits for what is under way.</summary>
    public async Task StopAsync()
    {
        await stopping.CancelAsync();
        await running;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        stopping.Dispose();
    }

    private async Task RunAsync(Caller caller, TimeSpan pace)
    {
        var sent = new List<Task>();
        using var timer = new PeriodicTimer(pace);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping.Token))
            {
                // A busy machine leaves out ticks, but no requests.
                for (int due = (int)(Now / pace) - answers.Count; due > 0; due--)
                {
                    sent.Add(SendAsync(caller));
                }
                sent.RemoveAll(task => task.IsCompletedSuccessfully);
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(sent);
        }
    }

    private async Task SendAsync(Caller caller)
    {
        var answer = new Answer(Now);
        answers.Enqueue(answer);
        try
        {
            (int status, string body) = await caller.CallAsync();
            answer.Took = Now - answer.Sent;
            if (status == 200)
            {
                answer.Name = body;
            }
            else
            {
                answer.Failure = $"{status} {body}";
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            answer.Failure = exception.Message;
        }
    }

    /// <summary>A request, and what became of it.</summary>
    /// <param name="sent">Since the beginning.</param>
    public sealed class Answer(TimeSpan sent)
    {
        public TimeSpan Sent => sent;

        /// <summary>Who has answered; null: nobody yet, or nobody.</summary>
        public string? Name { get; set; }

        /// <summary>Until it was answered.</summary>
        public TimeSpan Took { get; set; }

        /// <summary>Why nobody has.</summary>
        public string? Failure { get; set; }

        public bool IsAnswered => Name is not null || Failure is not null;
    }
}
