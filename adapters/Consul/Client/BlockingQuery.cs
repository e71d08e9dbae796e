namespace ControlPlane.Adapters.Consul.Client;

/// <summary>
/// Asks the same again and again, each time for what is newer than the last answer.
/// See https://developer.hashicorp.com/consul/api-docs/features/blocking.
/// </summary>
/// <param name="index">Of what is known already; 0: nothing is.</param>
internal sealed class BlockingQuery<T>(ConsulClient client, ConsulRequest<T> request, ConsulTimes times, TimeProvider time, ulong index = 0)
{
    private ulong index = index;
    private long answered = time.GetTimestamp() - (long)(times.Pace.TotalSeconds * time.TimestampFrequency);

    /// <summary>Waits until there is news.</summary>
    /// <returns>The answer, and whether the state is known anew: it may be another server's, whose indexes mean something else.</returns>
    /// <exception cref="ConsulException">Consul cannot be used.</exception>
    public async Task<(ConsulAnswer<T> Answer, bool IsAnew)> NextAsync(CancellationToken cancellationToken)
    {
        bool isAnew = index == 0;
        int idle = 0;
        while (true)
        {
            ConsulAnswer<T> answer = await AskAsync(cancellationToken);
            isAnew |= index == 0;
            if (index == 0 || answer.Index > index)
            {
                index = answer.Index;
                await PaceAsync(cancellationToken);
                return (answer, isAnew);
            }
            if (answer.Index < index)
            {
                // The server has started anew, or has got an old state back.
                index = 0;
                await PaceAsync(cancellationToken);
                continue;
            }
            // The end of the wait, mostly. A server that answers early without news is asked less and less often.
            idle = time.GetElapsedTime(answered) < times.Wait / 2 ? idle + 1 : 0;
            answered = time.GetTimestamp();
            if (idle > 0)
            {
                await Task.Delay(BackOff(idle), time, cancellationToken);
            }
        }
    }

    /// <summary>After a failure it is asked without an index: a server that has started anew would hold an old one in vain.</summary>
    private async Task<ConsulAnswer<T>> AskAsync(CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await client.GetAsync(request, index, cancellationToken);
            }
            catch (ConsulException failure) when (failure.IsTransient && attempt < times.Tries)
            {
                index = 0;
                await Task.Delay(failure.RetryAfter is { } wait && wait < times.MaxBackOff ? wait : BackOff(attempt), time, cancellationToken);
            }
        }
    }

    private async Task PaceAsync(CancellationToken cancellationToken)
    {
        TimeSpan rest = times.Pace - time.GetElapsedTime(answered);
        if (rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, time, cancellationToken);
        }
        answered = time.GetTimestamp();
    }

    private TimeSpan BackOff(int attempt)
    {
        TimeSpan wait = times.BackOff * Math.Pow(2, Math.Min(attempt - 1, 16));
        return wait < times.MaxBackOff ? wait : times.MaxBackOff;
    }
}
