using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ControlPlane.Adapters.CloudFoundry.Access;
using ControlPlane.Adapters.CloudFoundry.Controller.Objects;

namespace ControlPlane.Adapters.CloudFoundry.Controller;

/// <summary>
/// Tokens of a foundation's UAA: one at a time, renewed before it ends. A user logs in with the password again; refresh tokens are not used.
/// See https://docs.cloudfoundry.org/api/uaa/#token.
/// </summary>
internal sealed class UaaLogin(ControllerAccess access, ControllerTransport transport, CloudFoundryTimes times, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim gate = new(1);
    private string? token;
    private long renewAt;

    /// <summary>A token that is good for a while.</summary>
    /// <param name="refused">One that was not accepted; null: none.</param>
    /// <exception cref="CloudFoundryException">There is none.</exception>
    public async Task<string> TokenAsync(string? refused, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (token is null || token == refused || time.GetTimestamp() >= renewAt)
            {
                token = null;
                TokenObject got = await LoginAsync(cancellationToken);
                var lives = TimeSpan.FromSeconds(Math.Max(got.ExpiresIn, 0));
                TimeSpan margin = lives / 5 < times.TokenMargin ? lives / 5 : times.TokenMargin;
                renewAt = time.GetTimestamp() + (long)((lives - margin).TotalSeconds * time.TimestampFrequency);
                token = Checked(got.AccessToken);
            }
            return token;
        }
        finally
        {
            gate.Release();
        }
    }

    public void Dispose() => gate.Dispose();

    private async Task<TokenObject> LoginAsync(CancellationToken cancellationToken)
    {
        Uri uaa = access.Uaa ?? await FindAsync(cancellationToken);
        string secret = await Secrets.ReadAsync(access.ClientId is null ? "passwordFile" : "clientSecretFile", access.SecretFile, cancellationToken);
        string who = $"the UAA at {uaa.Authority}";
        using var message = new HttpRequestMessage(HttpMethod.Post, Join(uaa, "oauth/token"));
        message.Headers.Accept.ParseAdd("application/json");
        // Users log in by the client cf, which has no secret, as the command line does.
        string client = access.ClientId is { } id ? $"{id}:{secret}" : "cf:";
        message.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(client)));
        message.Content = new FormUrlEncodedContent(access.ClientId is null
            ? [new("grant_type", "password"), new("username", access.Username), new("password", secret)]
            : [new("grant_type", "client_credentials")]);
        try
        {
            return await transport.SendAsync(who, "oauth/token", message, ControllerJson.Default.TokenObject, cancellationToken);
        }
        catch (CloudFoundryException error) when (error.Status is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest)
        {
            throw new CloudFoundryException($"{who} does not accept {access.Who} with the secret in {access.SecretFile}: correct or renew it (answer {(int)error.Status})", error);
        }
    }

    private async Task<Uri> FindAsync(CancellationToken cancellationToken)
    {
        string who = $"the Cloud Controller at {access.Address.Authority}";
        using var message = new HttpRequestMessage(HttpMethod.Get, Join(access.Address, ""));
        RootObject root = await transport.SendAsync(who, "root", message, ControllerJson.Default.RootObject, cancellationToken);
        Link? link = root.Links.GetValueOrDefault("uaa") ?? root.Links.GetValueOrDefault("login");
        if (!Uri.TryCreate(link?.Href, UriKind.Absolute, out Uri? uaa) || uaa.Scheme is not ("http" or "https"))
        {
            throw new CloudFoundryException($"{who} does not say where its UAA is: name it with uaa");
        }
        // A secret is not sent in the clear because an answer says so.
        return access.Address.Scheme == "https" && uaa.Scheme != "https"
            ? throw new CloudFoundryException($"{who} names a UAA without TLS: name the right one with uaa")
            : uaa;
    }

    internal static Uri Join(Uri address, string path) => new($"{address.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{path}");

    // What does not fit a header would be named by the failure of sending it.
    private static string Checked(string token) => token.Length > 0 && token.All(letter => letter is > ' ' and <= '~')
        ? token
        : throw new CloudFoundryException("the UAA answers with something that is no token");
}
