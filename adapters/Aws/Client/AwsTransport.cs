using System.Net.Http.Headers;
using System.Text.Json;
using System.Xml;
using Amazon.Runtime;
using ControlPlane.Adapters.Aws.Signing;

namespace ControlPlane.Adapters.Aws.Client;

/// <summary>Sends one request once, and says what came of it.</summary>
internal sealed class AwsTransport : IDisposable
{
    public const int LargestAnswer = 64 * 1024 * 1024;
    private static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(5);

    private readonly AwsAccess access;
    private readonly IApiCallObserver observer;
    private readonly SigningClock clock;
    private readonly TimeProvider time;
    private readonly HttpClient http;

    /// <param name="handler">Disposed of with this.</param>
    public AwsTransport(AwsAccess access, IApiCallObserver observer, SigningClock clock, TimeProvider time, HttpMessageHandler handler)
    {
        this.access = access;
        this.observer = observer;
        this.clock = clock;
        this.time = time;
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Connections live a while only: the addresses behind AWS' names change.</summary>
    public static SocketsHttpHandler Handler() => new()
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = ConnectionLife,
    };

    /// <param name="read">Throws <see cref="JsonException"/>, <see cref="XmlException"/> or <see cref="FormatException"/> where it cannot.</param>
    public async Task<AwsAttempt<T>> TryAsync<T>(
        AwsRequest request, ImmutableCredentials credentials, Func<ReadOnlyMemory<byte>, T> read, CancellationToken cancellationToken)
    {
        long began = time.GetTimestamp();
        AwsAttempt<T> attempt = await SendAsync(request, credentials, read, cancellationToken);
        observer.Called(new ApiCall(request.Operation.ToString(), attempt.Failure?.Outcome ?? "200", time.GetElapsedTime(began)));
        return attempt;
    }

    public void Dispose() => http.Dispose();

    private async Task<AwsAttempt<T>> SendAsync<T>(
        AwsRequest request, ImmutableCredentials credentials, Func<ReadOnlyMemory<byte>, T> read, CancellationToken cancellationToken)
    {
        Uri address = new(AwsEndpoints.Of(access, request.Operation), request.Target);
        string host = address.Authority;
        bool isAnswered = false;
        using var limit = new CancellationTokenSource(access.RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using HttpRequestMessage message = Message(request, address, credentials);
            using HttpResponseMessage response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
            isAnswered = true;
            if (await AnswerBody.ReadAsync(response.Content, LargestAnswer, either.Token) is not { } body)
            {
                return new(default, FailureReader.TooLarge(host, LargestAnswer));
            }
            return response.IsSuccessStatusCode
                ? new(read(body), null)
                : new(default, FailureReader.Answer(request.Operation, access.Region, response, body, credentials, clock.Now));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(default, FailureReader.TimedOut(host, access.RequestTimeout));
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            return new(default, isAnswered ? FailureReader.BrokenOff(host, error) : FailureReader.Unreachable(host, error));
        }
        catch (Exception error) when (error is JsonException or XmlException or FormatException)
        {
            return new(default, FailureReader.Unreadable(host, error));
        }
    }

    private HttpRequestMessage Message(AwsRequest request, Uri address, ImmutableCredentials credentials)
    {
        var message = new HttpRequestMessage(request.Method, address);
        if (request.ContentType is { } type)
        {
            message.Content = new ReadOnlyMemoryContent(request.Body);
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }
        if (request.JsonTarget is { } target)
        {
            message.Headers.TryAddWithoutValidation("X-Amz-Target", target);
        }
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("controlplane", null));
        RequestSigner.Sign(message, request.Body.Span, credentials, access.Region, request.Operation.Service, clock.Now);
        return message;
    }
}
