namespace ControlPlane.Adapters.CloudFoundry;

/// <summary>Times and sizes of what is asked of a foundation.</summary>
public sealed record CloudFoundryTimes
{
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For one request, from sending to the end of the answer.</summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The first wait after a failure that may pass; later ones double.</summary>
    public TimeSpan BackOff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest wait within a reading. A server that asks for a longer one makes the reading fail, and is left in peace until then.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a request is sent at most before its failure counts.</summary>
    public int Tries { get; init; } = 3;

    /// <summary>Entries of a page, 1 to 5000.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>Requests at the same time.</summary>
    public int Reads { get; init; } = 8;

    /// <summary>How long before its end a token is renewed, at most; of short lives a fifth.</summary>
    public TimeSpan TokenMargin { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes of an answer that are read at most.</summary>
    public int MaxBody { get; init; } = 64 * 1024 * 1024;

    /// <summary>How long registrations are gathered before the first picture counts as complete, and how often they are asked for. As the router of Cloud Foundry has it.</summary>
    public TimeSpan Gather { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a route stays without being registered again, unless its registration says it.</summary>
    public TimeSpan Prune { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>How often what has to be looked at by the clock is.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the NATS server is asked whether it lives; after two without an answer it does not.</summary>
    public TimeSpan Ping { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long messages that could not be read are talked of.</summary>
    public TimeSpan Remember { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The shortest time between two readings of the apps when routes of apps that are not known yet come in.</summary>
    public TimeSpan Pace { get; init; } = TimeSpan.FromSeconds(2);
}
