using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using ControlPlane.Adapters.Consul.Access;

namespace ControlPlane.Adapters.Consul.Client;

/// <summary>Sends requests to one Consul agent, each once.</summary>
/// <param name="handler">Disposed of with the client.</param>
internal sealed class ConsulClient(
    ConsulAccess access, ConsulTimes times, TimeProvider time, IApiCallObserver? observer, HttpMessageHandler handler) : IDisposable
{
    private const string TokenHeader = "X-Consul-Token";

    // Behind a proxy an agent may have a path of its own, with or without a slash at its end.
    private readonly HttpClient http = new(handler)
    {
        BaseAddress = new Uri(access.Address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/"), Timeout = Timeout.InfiniteTimeSpan,
    };

    public ConsulClient(ConsulAccess access, ConsulTimes times, TimeProvider time, IApiCallObserver? observer)
        : this(access, times, time, observer, ServerConnection.Handler(access, times))
    {
    }

    public ConsulAccess Access => access;

    /// <param name="index">The index after which news is waited for; 0: it is answered at once.</param>
    /// <exception cref="ConsulException">There is no answer, or none that can be trusted.</exception>
    public async Task<ConsulAnswer<T>> GetAsync<T>(ConsulRequest<T> request, ulong index, CancellationToken cancellationToken)
    {
        TimeSpan within = times.Request + (index > 0 ? times.Wait * (17.0 / 16) : TimeSpan.Zero);
        using var timer = new CancellationTokenSource(within, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        long begun = time.GetTimestamp();
        string outcome = "";
        try
        {
            using HttpRequestMessage message = Message(request, index);
            using HttpResponseMessage response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            // Until then the query was held because there was no news.
            begun = index > 0 ? time.GetTimestamp() : begun;
            outcome = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            if (!response.IsSuccessStatusCode)
            {
                throw await ConsulFailure.OfAsync(access, request.Operation, response, deadline.Token);
            }
            ConsulHeaders.Check(access, request.Operation, response.Headers);
            T value = await ReadAsync(request, response.Content, deadline.Token);
            return new ConsulAnswer<T>(value, ConsulHeaders.Index(access, response.Headers));
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            outcome = "timeout";
            throw new ConsulException($"Consul at {access.Address.Authority} did not answer {request.Operation} within {within.TotalSeconds:0} s", error) { IsTransient = true };
        }
        catch (HttpRequestException error)
        {
            outcome = "unreachable";
            throw ServerConnection.Explain(access, error);
        }
        catch (Exception error) when (error is JsonException or IOException)
        {
            outcome = "malformed";
            throw new ConsulException(
                $"Consul at {access.Address.Authority}: the answer to {request.Operation} {(error is JsonException ? "cannot be read" : "broke off")}: {error.Message}", error)
            {
                IsTransient = true,
            };
        }
        finally
        {
            if (outcome.Length > 0)
            {
                observer?.Called(new ApiCall($"consul:{request.Operation}", outcome, time.GetElapsedTime(begun)));
            }
        }
    }

    public void Dispose() => http.Dispose();

    private HttpRequestMessage Message<T>(ConsulRequest<T> request, ulong index)
    {
        var message = new HttpRequestMessage(HttpMethod.Get, $"v1/{request.Path}{Query(request.Filter, index)}")
        {
            // Over TLS all queries that wait share a connection.
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        if (access.ReadToken() is { } token)
        {
            message.Headers.Add(TokenHeader, token);
        }
        return message;
    }

    private string Query(string? filter, ulong index)
    {
        var query = new StringBuilder();
        void Add(string name, string? value)
        {
            if (value is not null)
            {
                query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }
        Add("dc", access.Datacenter);
        Add("partition", access.Partition);
        Add("ns", access.Namespace);
        Add("filter", filter);
        if (index > 0)
        {
            Add("index", index.ToString(CultureInfo.InvariantCulture));
            Add("wait", string.Create(CultureInfo.InvariantCulture, $"{(long)times.Wait.TotalMilliseconds}ms"));
        }
        string mode = access.Consistency switch
        {
            ConsulConsistency.Stale => "stale",
            ConsulConsistency.Default when index > 0 => "",
            _ => "consistent",
        };
        return mode.Length == 0 ? query.ToString() : query.Append(query.Length == 0 ? '?' : '&').Append(mode).ToString();
    }

    private async Task<T> ReadAsync<T>(ConsulRequest<T> request, HttpContent content, CancellationToken cancellationToken)
    {
        await using Stream body = new LimitedStream(await content.ReadAsStreamAsync(cancellationToken), times.MaxBody);
        return await JsonSerializer.DeserializeAsync(body, request.Type, cancellationToken) ?? throw new JsonException("it is null");
    }
}
