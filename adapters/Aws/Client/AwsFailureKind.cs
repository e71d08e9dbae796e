namespace ControlPlane.Adapters.Aws.Client;

/// <summary>Why a try failed: it decides whether there is another.</summary>
internal enum AwsFailureKind
{
    /// <summary>Too many requests.</summary>
    Throttled,

    /// <summary>No connection, or one that broke.</summary>
    Unreachable,

    TimedOut,

    /// <summary>The service's own failure, 5xx.</summary>
    Broken,

    /// <summary>The credentials, or the clock that signs with them.</summary>
    Credentials,

    /// <summary>The credentials are good but may not do this.</summary>
    Denied,

    Unreadable,

    /// <summary>The request makes no sense to the service.</summary>
    Refused,
}
