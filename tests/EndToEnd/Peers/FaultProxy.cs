using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>
/// Stands before an HTTP server and answers in its place as a test says, request by request. (<see cref="SlowProxy"/> knows nothing of
/// requests, and so works for TLS.)
/// </summary>
public sealed class FaultProxy : IAsyncDisposable
{
    private readonly WebApplication host;
    private readonly HttpClient target;
    private readonly ConcurrentDictionary<string, int> requests = [];
    private volatile Fault fault = Fault.None;
    private volatile CancellationTokenSource current = new();

    private FaultProxy(Uri target, X509ChainPolicy? trust)
    {
        this.target = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false, UseCookies = false, AllowAutoRedirect = false, SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = trust },
        })
        {
            BaseAddress = target,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        Address = new Uri($"http://127.0.0.1:{Loopback.FreePort()}");
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address.ToString());
        builder.WebHost.ConfigureKestrel(options => options.Limits.MinResponseDataRate = null);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.Zero);
        host = builder.Build();
        host.Run(AnswerAsync);
    }

    public Uri Address { get; }

    /// <summary>What happens to requests from now on. Those that are under way break off, long polls among them.</summary>
    public Fault Fault
    {
        get => fault;
        set
        {
            fault = value;
            Interlocked.Exchange(ref current, new CancellationTokenSource()).Cancel();
        }
    }

    /// <summary>What becomes of whole answers that are handed on; null: they stay as they are.</summary>
    public Func<string, string>? Rewrite { get; set; }

    /// <param name="trust">What the certificate of a server with TLS has to fit.</param>
    public static async Task<FaultProxy> StartAsync(Uri target, X509ChainPolicy? trust = null)
    {
        var proxy = new FaultProxy(target, trust);
        await proxy.host.StartAsync();
        return proxy;
    }

    /// <summary>How many requests there have been for a path; all of them without one.</summary>
    public int Requests(string? path = null) => path is null ? requests.Values.Sum() : requests.GetValueOrDefault(path);

    public async ValueTask DisposeAsync()
    {
        await current.CancelAsync();
        await host.DisposeAsync();
        target.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        requests.AddOrUpdate(context.Request.Path.ToString(), 1, (_, count) => count + 1);
        Fault now = fault;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(current.Token, context.RequestAborted);
        try
        {
            byte[] body = await BodyAsync(context.Request, stop.Token);
            now = now.Fits(Describe(context.Request, body)) ? now : Fault.None;
            switch (now.Kind)
            {
                case FaultKind.Refuse:
                    context.Abort();
                    break;
                case FaultKind.Hang:
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop.Token);
                    break;
                case FaultKind.Answer:
                    await WriteAsync(context.Response, now, stop.Token);
                    break;
                default:
                    await ForwardAsync(context, body, now, stop.Token);
                    break;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or HttpRequestException)
        {
            context.Abort();
        }
    }

    private static FaultedRequest Describe(HttpRequest request, byte[] body) => new(
        request.Path.ToString(), request.QueryString.ToString(), System.Text.Encoding.UTF8.GetString(body), request.Headers.Authorization.ToString(),
        request.Headers["X-Amz-Target"].ToString());

    private static async Task<byte[]> BodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        return body.ToArray();
    }

    private static async Task WriteAsync(HttpResponse response, Fault fault, CancellationToken cancellationToken)
    {
        response.StatusCode = (int)fault.Status;
        foreach ((string name, string value) in fault.Headers)
        {
            response.Headers[name] = value;
        }
        await response.WriteAsync(fault.Body, cancellationToken);
    }

    private async Task ForwardAsync(HttpContext context, byte[] body, Fault now, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), context.Request.Path + context.Request.QueryString.ToString());
        if (body.Length > 0 || context.Request.ContentType is not null)
        {
            request.Content = new ByteArrayContent(body);
        }
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in context.Request.Headers)
        {
            if (name is not ("Connection" or "Transfer-Encoding") && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }
        using HttpResponseMessage answer = await target.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach ((string name, IEnumerable<string> values) in answer.Headers.Concat(answer.Content.Headers))
        {
            if (name is not ("Connection" or "Transfer-Encoding"))
            {
                context.Response.Headers[name] = values.ToArray();
            }
        }
        context.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering();
        if ((now.Kind == FaultKind.Change ? now.Changed : Rewrite) is { } rewrite)
        {
            byte[] other = System.Text.Encoding.UTF8.GetBytes(rewrite(await answer.Content.ReadAsStringAsync(cancellationToken)));
            context.Response.ContentLength = other.Length;
            await context.Response.Body.WriteAsync(other, cancellationToken);
            return;
        }
        if (now.Kind == FaultKind.Truncate)
        {
            byte[] whole = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            // Fewer bytes than were said close the connection in order: breaking it could take along those that were sent.
            context.Response.ContentLength = whole.Length;
            await context.Response.Body.WriteAsync(whole.AsMemory(0, whole.Length / 2), cancellationToken);
            return;
        }
        await CopyAsync(await answer.Content.ReadAsStreamAsync(cancellationToken), context.Response.Body, now.BytesPerSecond, cancellationToken);
    }

    private static async Task CopyAsync(Stream from, Stream to, int bytesPerSecond, CancellationToken cancellationToken)
    {
        // Ten pieces a second.
        byte[] buffer = new byte[bytesPerSecond == 0 ? 16 * 1024 : Math.Max(1, bytesPerSecond / 10)];
        while (await from.ReadAsync(buffer, cancellationToken) is > 0 and int length)
        {
            await to.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
            await to.FlushAsync(cancellationToken);
            if (bytesPerSecond > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
            }
        }
    }
}
