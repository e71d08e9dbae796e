using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ControlPlane.Tests.Support;

/// <summary>Waits for a condition with a deadline.</summary>
public static class Eventually
{
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    /// <exception cref="TimeoutException">It did not become true in time.</exception>
    public static Task Until(
        Func<bool> condition, TimeSpan? within = null, Func<string>? state = null,
        [CallerArgumentExpression(nameof(condition))] string what = "") =>
        Until(() => Task.FromResult(condition()), within, state, what);

    /// <inheritdoc cref="Until(Func{bool}, TimeSpan?, Func{string}?, string)"/>
    public static async Task Until(
        Func<Task<bool>> condition, TimeSpan? within = null, Func<string>? state = null,
        [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        TimeSpan deadline = within ?? Deadline;
        long start = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(start) > deadline)
            {
                throw new TimeoutException($"not within {deadline.TotalSeconds} s: {what}{(state is null ? "" : $"; {state()}")}");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }
}
