namespace ControlPlane.Xds;

/// <summary>The answer to a proxy that asks to be served.</summary>
public sealed class AdmissionResult
{
    private AdmissionResult(string kind, ProxyResources? resources, string message, bool isFinal)
    {
        Kind = kind;
        Resources = resources;
        Message = message;
        IsFinal = isFinal;
    }

    /// <summary>What kind of proxy it is, for people.</summary>
    public string Kind { get; }

    /// <summary>Null: it is not admitted.</summary>
    public ProxyResources? Resources { get; }

    /// <summary>Why it is not admitted.</summary>
    public string Message { get; }

    /// <summary>Whether the proxy is wrong, INVALID_ARGUMENT; else it only comes too early, UNAVAILABLE.</summary>
    public bool IsFinal { get; }

    public static AdmissionResult Accepted(string kind, ProxyResources resources) => new(kind, resources, "", isFinal: false);

    /// <summary>What it says of itself is wrong.</summary>
    public static AdmissionResult Refused(string message) => new("", null, message, isFinal: true);

    /// <summary>It comes too early.</summary>
    public static AdmissionResult NotYet(string message) => new("", null, message, isFinal: false);
}
