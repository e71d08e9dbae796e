namespace ControlPlane.Adapters.Aws.Signing;

/// <summary>The time that signatures carry: this machine's, set right by what the services say.</summary>
internal sealed class SigningClock(TimeProvider time)
{
    /// <summary>Less than the five minutes that AWS allows, and more than an answer takes.</summary>
    private static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(2);
    private long offset;

    public DateTimeOffset Now => time.GetUtcNow() + Offset;

    /// <summary>By how much the services are ahead of this machine.</summary>
    public TimeSpan Offset => TimeSpan.FromTicks(Interlocked.Read(ref offset));

    /// <returns>False: it was right already, as far as the answer's date says.</returns>
    public bool Correct(DateTimeOffset? said)
    {
        if (said is not { } server || (server - Now).Duration() < Tolerated)
        {
            return false;
        }
        Interlocked.Exchange(ref offset, (server - time.GetUtcNow()).Ticks);
        return true;
    }
}
