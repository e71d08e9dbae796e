using ControlPlane.Adapters;
using ControlPlane.Adapters.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Unit.Hosting;

/// <summary>A source host at work, in a time that a test moves on.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);
    private readonly CancellationTokenSource stopping = new();
    private readonly FakeTimeProvider time;
    private readonly Task running;

    public RunningHost(IDiscoveryAdapter adapter, ISourceSink sink, FakeTimeProvider time, IClusterInfo? cluster = null)
    {
        this.time = time;
        running = new SourceHost(
            adapter, sink, cluster ?? new OneOf("here", "here"), new SourceHostOptions(), NoMeters.Metrics, time, NullLogger<SourceHost>.Instance).RunAsync(stopping.Token);
    }

    /// <summary>Lets time go by until it is so.</summary>
    /// <returns>How much went by.</returns>
    public async Task<TimeSpan> UntilAsync(Func<bool> condition)
    {
        DateTimeOffset start = time.GetUtcNow();
        await Eventually.Until(() =>
        {
            if (condition())
            {
                return true;
            }
            time.Advance(Step);
            return false;
        });
        return time.GetUtcNow() - start;
    }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await running;
        stopping.Dispose();
    }
}
