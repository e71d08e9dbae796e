using System.Security.Cryptography;

namespace ControlPlane.Adapters.Aws.Client;

/// <summary>How long to wait before a request is sent again: exponential, with full jitter, so that those who failed together do not return together.</summary>
internal static class BackOff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    /// <summary>A service that asks for more is asked again after this.</summary>
    private static readonly TimeSpan LongestAsked = TimeSpan.FromSeconds(60);

    /// <param name="attempt">The tries so far, from 1.</param>
    /// <param name="asked">What the answer's <c>Retry-After</c> says.</param>
    public static TimeSpan After(int attempt, TimeSpan? asked)
    {
        double most = Math.Min(First.TotalMilliseconds * Math.Pow(2, attempt - 1), Longest.TotalMilliseconds);
        TimeSpan drawn = TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32((int)most + 1));
        TimeSpan least = asked > LongestAsked ? LongestAsked : asked ?? TimeSpan.Zero;
        return least > drawn ? least : drawn;
    }
}
