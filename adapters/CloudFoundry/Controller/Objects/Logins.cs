namespace ControlPlane.Adapters.CloudFoundry.Controller.Objects;

/// <summary>What <c>GET /</c> of the Cloud Controller answers.</summary>
internal sealed record RootObject
{
    public required Dictionary<string, Link?> Links { get; set; }
}

/// <summary>What the UAA answers to <c>POST /oauth/token</c>.</summary>
internal sealed record TokenObject
{
    public required string AccessToken { get; set; }

    /// <summary>Seconds.</summary>
    public required int ExpiresIn { get; set; }
}
