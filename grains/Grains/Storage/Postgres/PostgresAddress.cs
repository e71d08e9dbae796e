using System.Globalization;
using Npgsql;

namespace ControlPlane.Grains.Storage.Postgres;

/// <summary>Which database, and how to reach it. Says where it is, and never with which password.</summary>
public sealed class PostgresAddress
{
    // What a connection string says itself counts. Sessions are few: each process needs one for its claim of the region, and some for rows.
    private const string Defaults =
        "Timeout=5;Command Timeout=5;Cancellation Timeout=1000;Maximum Pool Size=20;Keepalive=5;Search Path=controlplane;Application Name=controlplane;";

    private static readonly Dictionary<string, string> UriParameters = new(StringComparer.OrdinalIgnoreCase)
    {
        ["sslmode"] = "SSL Mode",
        ["sslrootcert"] = "Root Certificate",
        ["sslcert"] = "SSL Certificate",
        ["sslkey"] = "SSL Key",
        ["passfile"] = "Passfile",
        ["connect_timeout"] = "Timeout",
        ["application_name"] = "Application Name",
        ["target_session_attrs"] = "Target Session Attributes",
        ["options"] = "Options",
    };

    private PostgresAddress(NpgsqlConnectionStringBuilder settings)
    {
        ConnectionString = settings.ConnectionString;
        Schema = settings.SearchPath!.Split(',')[0].Trim(' ', '"');
        string[] hosts = [.. settings.Host!.Split(',').Select(host => host.Contains(':', StringComparison.Ordinal) || host.StartsWith('/')
            ? host
            : string.Create(CultureInfo.InvariantCulture, $"{host}:{settings.Port}"))];
        Description = $"PostgreSQL at {string.Join(" or ", hosts)}, database {settings.Database ?? settings.Username ?? "of the user's name"}";
    }

    /// <summary>Where it is, for people.</summary>
    public string Description { get; }

    /// <summary>Where the tables are.</summary>
    internal string Schema { get; }

    internal string ConnectionString { get; }

    /// <param name="text">A connection string as Npgsql has it, or a <c>postgresql://</c> URI.</param>
    /// <exception cref="FormatException">It is neither; nothing of it is in the message.</exception>
    public static PostgresAddress Parse(string text)
    {
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase)
                ? OfUri(new Uri(text))
                : new NpgsqlConnectionStringBuilder(Defaults + text);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException and not PostgresAddressException)
        {
            // What the reader says may quote what it could not read.
            throw new PostgresAddressException("it is neither a connection string (Host=db;Database=controlplane;Username=controlplane) nor a URI (postgresql://USER@HOST:PORT/DATABASE)");
        }
        if (string.IsNullOrEmpty(settings.Host))
        {
            throw new PostgresAddressException("it names no host");
        }
        return new PostgresAddress(settings);
    }

    /// <inheritdoc/>
    public override string ToString() => Description;

    private static NpgsqlConnectionStringBuilder OfUri(Uri uri)
    {
        var settings = new NpgsqlConnectionStringBuilder(Defaults) { Host = uri.Host, Port = uri.Port > 0 ? uri.Port : 5432 };
        string[] user = uri.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
        {
            settings.Username = Uri.UnescapeDataString(user[0]);
        }
        if (user.Length > 1)
        {
            settings.Password = Uri.UnescapeDataString(user[1]);
        }
        if (uri.AbsolutePath.Trim('/') is { Length: > 0 } database)
        {
            settings.Database = Uri.UnescapeDataString(database);
        }
        foreach (string parameter in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = parameter.Split('=', 2);
            if (!UriParameters.TryGetValue(pair[0], out string? name) || pair.Length < 2)
            {
                throw new PostgresAddressException($"its parameter '{pair[0]}' is not known: {string.Join(", ", UriParameters.Keys)} are");
            }
            string value = Uri.UnescapeDataString(pair[1]);
            settings[name] = name is "SSL Mode" or "Target Session Attributes" ? value.Replace("-", "", StringComparison.Ordinal) : value;
        }
        return settings;
    }

    private sealed class PostgresAddressException(string message) : FormatException(message);
}
