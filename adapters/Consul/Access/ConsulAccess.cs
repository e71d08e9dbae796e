namespace ControlPlane.Adapters.Consul.Access;

/// <summary>How one Consul datacenter is reached.</summary>
public sealed record ConsulAccess
{
    /// <summary>Of an agent: <c>http://127.0.0.1:8500</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>A PEM file with the CA that signed the agent's certificate; null: those that the machine trusts.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>A PEM file with the certificate that is shown to the agent; null: none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>A PEM file with its key; null: it is in the same file.</summary>
    public string? KeyFile { get; init; }

    /// <summary>A file with the ACL token. It is read at every request, so it may be renewed at any time.</summary>
    public string? TokenFile { get; init; }

    /// <summary>An environment variable with the ACL token.</summary>
    public string? TokenVariable { get; init; }

    /// <summary>Null: the agent's own.</summary>
    public string? Datacenter { get; init; }

    /// <summary>Enterprise only; null: the token's own.</summary>
    public string? Partition { get; init; }

    /// <summary>Enterprise only; null: the token's own.</summary>
    public string? Namespace { get; init; }

    public ConsulConsistency Consistency { get; init; }

    /// <summary>Whether the catalog has the service of the Consul servers themselves: elsewhere than in the default namespace it has not.</summary>
    internal bool HasServers => Partition is null or "default" && Namespace is null or "default";

    /// <summary>The token as it is now; null: none is configured.</summary>
    /// <exception cref="ConsulException">It cannot be read.</exception>
    internal string? ReadToken()
    {
        if (TokenFile is not null)
        {
            try
            {
                return Checked(File.ReadAllText(TokenFile).Trim(), $"the token file {TokenFile}");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new ConsulException($"the token file {TokenFile} cannot be read: {error.Message}", error);
            }
        }
        return TokenVariable is null ? null : Checked(Environment.GetEnvironmentVariable(TokenVariable) ?? "", $"the environment variable {TokenVariable}");
    }

    // What does not fit a header would be named, with the token, by the failure of sending it.
    private static string Checked(string token, string place) => token.Length == 0
        ? throw new ConsulException($"{place} has no token")
        : token.All(letter => letter is > ' ' and <= '~') ? token : throw new ConsulException($"{place} has something that is no token");
}
