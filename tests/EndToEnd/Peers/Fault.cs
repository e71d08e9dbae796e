using System.Net;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>What a <see cref="FaultProxy"/> does to requests.</summary>
public sealed record Fault
{
    /// <summary>Everything is handed on.</summary>
    public static Fault None { get; } = new();

    /// <summary>The connection is closed at once, as by a server that is dead.</summary>
    public static Fault Refuse { get; } = new() { Kind = FaultKind.Refuse };

    /// <summary>There is never an answer.</summary>
    public static Fault Hang { get; } = new() { Kind = FaultKind.Hang };

    /// <summary>200, and nothing that anybody understands.</summary>
    public static Fault Garbage { get; } = Answer(HttpStatusCode.OK, "<html>it works</html>");

    /// <summary>Half of the real answer, then the connection breaks.</summary>
    public static Fault Truncate { get; } = new() { Kind = FaultKind.Truncate };

    public FaultKind Kind { get; init; }

    public HttpStatusCode Status { get; init; }

    public string Body { get; init; } = "";

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>What becomes of the real answer.</summary>
    public Func<string, string> Changed { get; init; } = answer => answer;

    /// <summary>0: as fast as it goes.</summary>
    public int BytesPerSecond { get; init; }

    /// <summary>Which requests; the others are handed on.</summary>
    public Func<FaultedRequest, bool> Fits { get; init; } = _ => true;

    /// <summary>This answer, instead of the real one.</summary>
    public static Fault Answer(HttpStatusCode status, string body = "", params (string Name, string Value)[] headers) => new()
    {
        Kind = FaultKind.Answer,
        Status = status,
        Body = body,
        Headers = headers.ToDictionary(header => header.Name, header => header.Value),
    };

    /// <summary>The real answer, slowly.</summary>
    public static Fault Slow(int bytesPerSecond) => new() { BytesPerSecond = bytesPerSecond };

    /// <summary>The real answer, with something else in it.</summary>
    public static Fault Change(Func<string, string> change) => new() { Kind = FaultKind.Change, Changed = change };

    /// <summary>The same, for some requests only.</summary>
    public Fault For(Func<FaultedRequest, bool> fits) => this with { Fits = fits };

    /// <summary>The same, for the first so many of its requests.</summary>
    public Fault Times(int count)
    {
        int seen = 0;
        Func<FaultedRequest, bool> fits = Fits;
        return this with { Fits = request => fits(request) && Interlocked.Increment(ref seen) <= count };
    }
}

public enum FaultKind
{
    PassThrough,
    Refuse,
    Hang,
    Answer,
    Truncate,
    Change,
}

/// <summary>A request, as far as a fault may depend on it.</summary>
/// <param name="Query">With its question mark.</param>
/// <param name="Authorization">Empty: there is none.</param>
/// <param name="Operation">The header <c>X-Amz-Target</c>; empty: there is none.</param>
public sealed record FaultedRequest(string Path, string Query, string Body, string Authorization, string Operation);
