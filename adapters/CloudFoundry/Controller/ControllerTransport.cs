using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ControlPlane.Adapters.CloudFoundry.Access;

namespace ControlPlane.Adapters.CloudFoundry.Controller;

/// <summary>Sends single requests to the Cloud Controller or its UAA, each once, and says what came of it.</summary>
internal sealed class ControllerTransport : IDisposable
{
    private readonly CloudFoundryTimes times;
    private readonly TimeProvider time;
    private readonly IApiCallObserver calls;
    private readonly HttpClient http;

    /// <exception cref="CloudFoundryException">The authorities cannot be read.</exception>
    public ControllerTransport(ControllerAccess access, CloudFoundryTimes times, TimeProvider time, IApiCallObserver calls)
        : this(Handler(access, times), times, time, calls)
    {
    }

    /// <param name="handler">Disposed of with this.</param>
    public ControllerTransport(HttpMessageHandler handler, CloudFoundryTimes times, TimeProvider time, IApiCallObserver calls)
    {
        this.times = times;
        this.time = time;
        this.calls = calls;
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <param name="who">Of whom something is asked, for people: <c>the Cloud Controller at HOST</c>.</param>
    /// <param name="operation">What, as the API's reference names it.</param>
    /// <param name="message">Disposed of by the caller.</param>
    /// <exception cref="CloudFoundryException">There is no answer, or none that can be used.</exception>
    public async Task<T> SendAsync<T>(string who, string operation, HttpRequestMessage message, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var timer = new CancellationTokenSource(times.Request, time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        long begun = time.GetTimestamp();
        string outcome = "unreachable";
        bool hasAnswer = false;
        try
        {
            using HttpResponseMessage response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            outcome = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            hasAnswer = true;
            await response.Content.LoadIntoBufferAsync(times.MaxBody, deadline.Token);
            byte[] body = await response.Content.ReadAsByteArrayAsync(deadline.Token);
            if (!response.IsSuccessStatusCode)
            {
                throw ControllerFailure.Of(who, operation, response, body, time);
            }
            return JsonSerializer.Deserialize(body, type) ?? throw new JsonException("it is null");
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            outcome = "timeout";
            throw new CloudFoundryException($"{who} did not answer {operation} within {times.Request.TotalSeconds:0} s", error) { IsTransient = true };
        }
        catch (HttpRequestException error) when (!hasAnswer)
        {
            string why = ServerTrust.WhyNotReached(error, tls => $"its certificate is not trusted, or not for this name: name its authority with caFile ({tls.Message})");
            throw new CloudFoundryException($"{who} cannot be reached: {why}", error) { IsTransient = true };
        }
        catch (Exception error) when (error is JsonException or HttpRequestException or IOException)
        {
            outcome = "malformed";
            throw new CloudFoundryException($"{who}: the answer to {operation} {(error is JsonException ? "cannot be read" : "broke off")}: {error.Message}", error) { IsTransient = true };
        }
        finally
        {
            calls.Called(new ApiCall($"cloudFoundry:{operation}", outcome, time.GetElapsedTime(begun)));
        }
    }

    public void Dispose() => http.Dispose();

    private static SocketsHttpHandler Handler(ControllerAccess access, CloudFoundryTimes times)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectTimeout = times.Connect,
            UseCookies = false,
            AllowAutoRedirect = false,
            MaxConnectionsPerServer = times.Reads,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        if (access.AuthoritiesFile is { } file)
        {
            handler.SslOptions.CertificateChainPolicy = Secrets.Trust(file);
        }
        return handler;
    }
}
