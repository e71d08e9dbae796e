using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Authentication;
using System.Text.Json;
using ControlPlane.Adapters.Regions.Wire;
using ControlPlane.Adapters.Sources;

namespace ControlPlane.Adapters.Regions;

/// <summary>Opens links to another region: one request, whose answer does not end.</summary>
internal sealed class RegionClient(string region, Uri address, IRegionIdentity self, IApiCallObserver calls, TimeProvider time)
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(5);

    /// <summary>The link's place, for people.</summary>
    public string Place => $"region {region} at {address.GetLeftPart(UriPartial.Authority)}";

    /// <summary>Asks for everything that differs from what is there.</summary>
    /// <exception cref="IOException">There is no link, and why.</exception>
    public async Task<RegionLink> OpenAsync(RegionHello hello, CancellationToken cancellationToken)
    {
        // Made for each link: certificates and addresses may be others by now.
        var handler = new SocketsHttpHandler { ConnectTimeout = ConnectLimit, AllowAutoRedirect = false, UseCookies = false, UseProxy = false };
        if (self.TlsTo(region) is { } tls)
        {
            handler.SslOptions = tls;
        }
        var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        long begun = time.GetTimestamp();
        string outcome = "unreachable";
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(address, RegionProtocol.Path))
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                Content = JsonContent.Create(hello, RegionJson.Default.RegionHello),
            };
            request.Headers.Add(RegionProtocol.NameHeader, self.Name);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(RegionProtocol.ContentType));
            HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            outcome = ((int)response.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture);
            if (response.StatusCode == HttpStatusCode.OK)
            {
                return new RegionLink(http, response, await response.Content.ReadAsStreamAsync(cancellationToken));
            }
            string why = await ReasonAsync(response, cancellationToken);
            response.Dispose();
            throw new IOException($"{Place} answers {outcome}: {why}");
        }
        catch (Exception error)
        {
            http.Dispose();
            throw error is HttpRequestException unreachable
                ? new IOException($"{Place} cannot be reached: {ServerTrust.WhyNotReached(unreachable, OfTls)}", error)
                : error;
        }
        finally
        {
            calls.Called(new ApiCall("region:link", outcome, time.GetElapsedTime(begun)));
        }
    }

    private static string OfTls(AuthenticationException error) => $"its certificate or ours is not accepted ({error.InnerException?.Message ?? error.Message})";

    private static async Task<string> ReasonAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        const int Longest = 500;
        string text = await response.Content.ReadAsStringAsync(cancellationToken);
        return text.Length == 0 ? response.ReasonPhrase ?? "no reason is given" : text[..Math.Min(text.Length, Longest)].Trim();
    }
}

/// <summary>An open link.</summary>
internal sealed class RegionLink(HttpClient http, HttpResponseMessage response, Stream lines) : IDisposable
{
    private const int LongestLine = 64 * 1024 * 1024;
    private readonly LineReader reader = new(lines, LongestLine);

    /// <summary>The next line; null: only a sign of life.</summary>
    /// <exception cref="IOException">The link broke, or what came is no line.</exception>
    public async Task<RegionLine?> NextAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte>? line;
        try
        {
            line = await reader.NextAsync(cancellationToken);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new IOException($"the link broke: {error.Message}", error);
        }
        if (line is not { } text)
        {
            throw new IOException("the other region has ended the link");
        }
        try
        {
            return text.IsEmpty ? null : JsonSerializer.Deserialize(text.Span, RegionJson.Default.RegionLine);
        }
        catch (JsonException error)
        {
            throw new IOException($"a line of the link cannot be read: {error.Message}", error);
        }
    }

    public void Dispose()
    {
        reader.Dispose();
        response.Dispose();
        http.Dispose();
    }
}
