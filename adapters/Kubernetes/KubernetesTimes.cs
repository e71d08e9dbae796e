namespace ControlPlane.Adapters.Kubernetes;

/// <summary>Times and sizes of requests to a Kubernetes API server.</summary>
public sealed record KubernetesTimes
{
    /// <summary>Objects in a page of a list.</summary>
    public int PageSize { get; init; } = 500;

    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For one page of a list, and for the beginning of a watch.</summary>
    public TimeSpan Request { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The shortest life of a watch that the server is asked for. It is drawn between this and twice this, so that watches do not end together.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>A watch in which nothing comes for this long, not even a bookmark (they come every minute), is opened anew.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>The first wait after an answer 5xx; later ones double.</summary>
    public TimeSpan BackOff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often a kind that the server does not know is asked for again.</summary>
    public TimeSpan Rediscover { get; init; } = TimeSpan.FromSeconds(30);
}
