using System.Security.Cryptography;

namespace ControlPlane.Adapters.CloudFoundry.Controller;

/// <summary>Keeps requests back while a server does not want any: all of them, not only the one that was told so.</summary>
internal sealed class RateGate(TimeProvider time)
{
    private readonly Lock gate = new();
    private long opens = long.MinValue;

    /// <summary>How long until it opens.</summary>
    public TimeSpan Remaining
    {
        get
        {
            lock (gate)
            {
                long now = time.GetTimestamp();
                return opens > now ? time.GetElapsedTime(now, opens) : TimeSpan.Zero;
            }
        }
    }

    /// <summary>Closes it for that long and a little more, so that those who were told the same do not return together.</summary>
    public void Close(TimeSpan asked)
    {
        double more = asked.TotalMilliseconds / 10 + 100;
        TimeSpan wait = asked + TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32((int)more + 1));
        lock (gate)
        {
            opens = Math.Max(opens, time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency));
        }
    }
}
