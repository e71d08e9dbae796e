namespace ControlPlane.Adapters.Kubernetes.Access;

/// <summary>A token, or a file with one that somebody renews (that of a service account lives for an hour).</summary>
internal sealed class BearerToken
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(30);
    private readonly string? path;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private string value = "";
    private long read;

    private BearerToken(string? path, TimeProvider time)
    {
        this.path = path;
        this.time = time;
    }

    public static BearerToken Fixed(string token) => new(null, TimeProvider.System) { value = token };

    /// <exception cref="KubernetesException">The file cannot be read.</exception>
    public static BearerToken OfFile(string path, TimeProvider time)
    {
        var token = new BearerToken(path, time);
        token.Refresh();
        return token;
    }

    /// <summary>The token as the file has, or had it seconds ago.</summary>
    public string Get()
    {
        lock (gate)
        {
            if (path is not null && time.GetElapsedTime(read) > KeptFor)
            {
                Refresh();
            }
            return value;
        }
    }

    /// <summary>Reads the file again.</summary>
    /// <param name="refused">The token that the server does not accept; null: the one that is known. Of several requests with it, each hears that there is another now.</param>
    /// <returns>Whether the token is another one now.</returns>
    public bool Refresh(string? refused = null)
    {
        if (path is null)
        {
            return false;
        }
        lock (gate)
        {
            try
            {
                string before = refused ?? value;
                value = File.ReadAllText(path).Trim();
                read = time.GetTimestamp();
                return value != before;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new KubernetesException($"the token file {path} cannot be read: {error.Message}", error);
            }
        }
    }
}
