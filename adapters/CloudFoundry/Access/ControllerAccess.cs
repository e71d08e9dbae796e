namespace ControlPlane.Adapters.CloudFoundry.Access;

/// <summary>How the Cloud Controller of a foundation is reached, and as whom.</summary>
public sealed record ControllerAccess
{
    /// <summary><c>https://api.sys.example.com</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>Null: the Cloud Controller says where it is.</summary>
    public Uri? Uaa { get; init; }

    /// <summary>A client of the UAA with the grant <c>client_credentials</c>; null: a user.</summary>
    public string? ClientId { get; init; }

    /// <summary>Read at each login.</summary>
    public string? ClientSecretFile { get; init; }

    /// <summary>A user, who logs in as with <c>cf login</c>.</summary>
    public string? Username { get; init; }

    /// <summary>Read at each login.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>A PEM file of the authorities to trust; null: the system's.</summary>
    public string? AuthoritiesFile { get; init; }

    /// <summary>Who logs in, for people.</summary>
    internal string Who => ClientId is null ? $"the user {Username}" : $"the client {ClientId}";

    /// <summary>Where its secret is.</summary>
    internal string SecretFile => (ClientId is null ? PasswordFile : ClientSecretFile) ?? "";
}
