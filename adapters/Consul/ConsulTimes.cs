namespace ControlPlane.Adapters.Consul;

/// <summary>Times and sizes of requests to Consul.</summary>
public sealed record ConsulTimes
{
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For a request that does not wait for news, and for reading the answer of one that does.</summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long Consul may hold a query until there is news. It adds up to a sixteenth by itself.</summary>
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The first wait after a failure that may pass, or after an answer that came early without news; later ones double.</summary>
    public TimeSpan BackOff { get; init; } = TimeSpan.FromMilliseconds(200);

    public TimeSpan MaxBackOff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The shortest time between two answers to one query.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How often a request is sent at most before its failure counts.</summary>
    public int Tries { get; init; } = 4;

    /// <summary>Requests at the same time when many services are read.</summary>
    public int Reads { get; init; } = 16;

    /// <summary>Services that are followed by a query of their own. Consul allows a client 200 connections, unless it is told otherwise.</summary>
    public int OwnQueries { get; init; } = 64;

    /// <summary>How often services without a query of their own are looked at, even when nothing says that they changed.</summary>
    public TimeSpan Sweep { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of an answer that are read at most.</summary>
    public long MaxBody { get; init; } = 256 * 1024 * 1024;
}
