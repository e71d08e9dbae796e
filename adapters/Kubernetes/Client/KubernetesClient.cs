using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ControlPlane.Adapters.Kubernetes.Access;
using ControlPlane.Adapters.Kubernetes.Objects;

namespace ControlPlane.Adapters.Kubernetes.Client;

/// <summary>Sends requests to one API server, and again where the answer says that this may help.</summary>
internal sealed class KubernetesClient : IDisposable
{
    private const int MaximumTries = 4;
    private static readonly TimeSpan MaximumRetryAfter = TimeSpan.FromSeconds(60);

    private readonly ClusterAccess access;
    private readonly KubernetesTimes times;
    private readonly TimeProvider time;
    private readonly HttpClient http;

    // A server behind a proxy of many has a path of its own.
    private readonly string root;

    public KubernetesClient(ClusterAccess access, KubernetesTimes times, TimeProvider time)
        : this(access, times, time, ServerConnection.Handler(access, times))
    {
    }

    /// <param name="handler">Disposed of with the client.</param>
    internal KubernetesClient(ClusterAccess access, KubernetesTimes times, TimeProvider time, HttpMessageHandler handler)
    {
        this.access = access;
        this.times = times;
        this.time = time;
        root = access.Server.AbsolutePath.TrimEnd('/');
        http = new HttpClient(handler)
        {
            BaseAddress = access.Server,
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
    }

    /// <summary>The file with the rights that its requests need.</summary>
    public string Rights { get; init; } = "deploy/kubernetes/rbac.yaml";

    /// <summary>A successful answer whose body has yet to be read. The token bounds reading it, too.</summary>
    /// <exception cref="KubernetesException">The server cannot be reached, or answered with an error.</exception>
    public async Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            string? token = access.Token?.Get();
            HttpResponseMessage response = await SendAsync(path, token, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }
            using (response)
            {
                if (RetryDelay(response, token, attempt) is not { } delay)
                {
                    throw await FailureAsync(path, response, cancellationToken);
                }
                await Task.Delay(delay, time, cancellationToken);
            }
        }
    }

    public void Dispose()
    {
        http.Dispose();
        access.Dispose();
    }

    private async Task<HttpResponseMessage> SendAsync(string path, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, root + path)
        {
            Version = http.DefaultRequestVersion,
            VersionPolicy = http.DefaultVersionPolicy,
        };
        // The name that is asked for, and looked for in the certificate, is that of the header.
        request.Headers.Host = access.ServerName;
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }
        try
        {
            return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException error)
        {
            throw ServerConnection.Explain(access, error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new KubernetesException($"{access.Server.Authority} cannot be reached: no connection within {times.Connect.TotalSeconds} s", error);
        }
    }

    /// <summary>How long to wait before the same request is sent again; null: it is no use.</summary>
    private TimeSpan? RetryDelay(HttpResponseMessage response, string? token, int attempt)
    {
        if (attempt >= MaximumTries)
        {
            return null;
        }
        switch ((int)response.StatusCode)
        {
            case 401:
                return attempt == 1 && access.Token?.Refresh(token) == true ? TimeSpan.Zero : null;
            case 429:
                TimeSpan wait = response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1);
                return wait > MaximumRetryAfter ? MaximumRetryAfter : wait;
            case >= 500:
                return response.Headers.RetryAfter?.Delta ?? times.BackOff * Math.Pow(2, attempt - 1);
            default:
                return null;
        }
    }

    private async Task<KubernetesException> FailureAsync(string path, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string body = await response.Content.ReadAsStringAsync(cancellationToken);
        string said = body;
        try
        {
            said = JsonSerializer.Deserialize(body, KubernetesJson.Default.StatusObject)?.Message ?? body;
        }
        catch (JsonException)
        {
            // Something between here and the server answered.
        }
        string hint = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => ": the credentials are not accepted, renew them",
            HttpStatusCode.Forbidden => $": allow it ({Rights})",
            HttpStatusCode.TooManyRequests => ": the server has too many requests",
            _ => "",
        };
        string what = path.Split('?')[0];
        return new KubernetesException($"{access.Server.Authority} answers {(int)response.StatusCode} to {what}{hint} ({Short(said)})")
        {
            Status = response.StatusCode,
        };
    }

    private static string Short(string text) => text.Length <= 300 ? text.Trim() : text[..300].Trim() + "...";
}
