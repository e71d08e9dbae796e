using System.Net;

namespace ControlPlane.Tests.EndToEnd.Traffic;

/// <summary>An application that calls a service by its host name through its proxy.</summary>
/// <param name="isHttp2">Whether it speaks HTTP/2, without TLS.</param>
/// <param name="connections">How many it may have: requests that nobody answers keep theirs.</param>
public sealed class Caller(Uri proxy, string host, bool isHttp2 = false, int connections = 16) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), MaxConnectionsPerServer = connections })
    {
        BaseAddress = proxy,
        Timeout = TimeSpan.FromSeconds(10),
        DefaultRequestVersion = isHttp2 ? HttpVersion.Version20 : HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    /// <summary>One request: the answer's status and body.</summary>
    public async Task<(int Status, string Body)> CallAsync(string path = "/", params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative)) { Version = http.DefaultRequestVersion, VersionPolicy = http.DefaultVersionPolicy };
        request.Headers.Host = host;
        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }
        using HttpResponseMessage response = await http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>So many requests, by several at once.</summary>
    public async Task<Tally> CallAsync(int requests, int parallel = 4)
    {
        var tally = new Tally();
        int left = requests;
        await Task.WhenAll(Enumerable.Range(0, parallel).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await CountAsync(tally);
            }
        }));
        return tally;
    }

    /// <summary>Calls without a pause until it is disposed.</summary>
    public Load StartLoad(int parallel = 2) => new(this, parallel);

    /// <summary>Waits until one request is answered by somebody whose name begins like this.</summary>
    public Task UntilAnsweredByAsync(string prefix) =>
        Eventually.Until(async () => (await TryAsync()) is (200, var body) && body.StartsWith(prefix, StringComparison.Ordinal), what: $"answered by {prefix}");

    /// <summary>Waits until a number of requests in a row are all answered like this.</summary>
    public Task UntilAllAnsweredByAsync(string prefix, int inARow = 20) => Eventually.Until(async () =>
    {
        for (int i = 0; i < inARow; i++)
        {
            if (await TryAsync() is not (200, var body) || !body.StartsWith(prefix, StringComparison.Ordinal))
            {
                return false;
            }
        }
        return true;
    }, what: $"all answered by {prefix}");

    public async Task<(int Status, string Body)> TryAsync(string path = "/")
    {
        try
        {
            return await CallAsync(path);
        }
        catch (HttpRequestException exception)
        {
            return (0, exception.Message);
        }
    }

    public void Dispose() => http.Dispose();

    internal async Task CountAsync(Tally tally)
    {
        try
        {
            (int status, string body) = await CallAsync();
            if (status == 200)
            {
                tally.Add(body);
            }
            else
            {
                tally.Failures.Enqueue($"{status} {body}");
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            tally.Failures.Enqueue(exception.Message);
        }
    }
}
