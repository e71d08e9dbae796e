using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ControlPlane.Adapters.Http;

/// <summary>Asks a source's server.</summary>
internal sealed class InstanceClient : IDisposable
{
    private readonly HttpSettings settings;
    private readonly IApiCallObserver calls;
    private readonly TimeProvider time;
    private readonly HttpClient http;

    public InstanceClient(HttpSettings settings, IApiCallObserver calls, TimeProvider time)
    {
        this.settings = settings;
        this.calls = calls;
        this.time = time;
        var handler = new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10), AllowAutoRedirect = false, UseCookies = false };
        if (settings.AuthoritiesFile is { } file)
        {
            Trust(handler, file);
        }
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public HttpSettings Settings => settings;

    /// <summary>Where, for people: without what may be secret in it.</summary>
    public string Place => settings.Url.GetLeftPart(UriPartial.Path);

    /// <summary>A successful answer, or one that nothing has changed, whose body has yet to be read.</summary>
    /// <exception cref="IOException">There is none, and why.</exception>
    public async Task<HttpResponseMessage> GetAsync(string accept, EntityTagHeaderValue? known, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, settings.Url);
        request.Headers.Accept.ParseAdd(accept);
        if (known is not null)
        {
            request.Headers.IfNoneMatch.Add(known);
        }
        if (settings.TokenFile is { } file)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(file, cancellationToken)).Trim());
        }
        long begun = time.GetTimestamp();
        string outcome = "unreachable";
        try
        {
            HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            outcome = ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.NotModified)
            {
                return response;
            }
            using (response)
            {
                throw new IOException($"{Place} answers {outcome}{Hint(response.StatusCode)}");
            }
        }
        catch (HttpRequestException error)
        {
            throw new IOException($"{Place} cannot be reached: {error.Message}", error);
        }
        finally
        {
            calls.Called(new ApiCall("http:get", outcome, time.GetElapsedTime(begun)));
        }
    }

    public void Dispose() => http.Dispose();

    private static string Hint(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ": the token is not accepted, renew it in tokenFile",
        HttpStatusCode.NotFound => ": correct the url",
        HttpStatusCode.TooManyRequests => ": it is asked too often, raise refreshSeconds",
        _ => "",
    };

    private static void Trust(SocketsHttpHandler handler, string file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (CryptographicException error)
        {
            throw new InvalidDataException($"caFile {file}: {error.Message}", error);
        }
        handler.SslOptions.CertificateChainPolicy = ServerTrust.In(authorities);
    }
}
