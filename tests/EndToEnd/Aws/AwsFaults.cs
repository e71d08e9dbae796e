using System.Net;
using System.Text;

namespace ControlPlane.Tests.EndToEnd.Aws;

/// <summary>What happens to requests on their way to AWS, as a test says.</summary>
internal sealed class AwsFaults() : DelegatingHandler(new SocketsHttpHandler())
{
    private int requests;

    /// <summary>Null: nothing. Told the request's number since the fault began, from 1, and the true answer.</summary>
    public Func<int, HttpResponseMessage, HttpResponseMessage>? Fault
    {
        get;
        set
        {
            requests = 0;
            field = value;
        }
    }

    public static HttpResponseMessage Error(string code, int status = 400) => new((HttpStatusCode)status)
    {
        Content = new StringContent($$"""{"__type": "{{code}}", "message": "said {{code}}"}""", Encoding.UTF8, "application/x-amz-json-1.1"),
        Headers = { { "x-amzn-errortype", code } },
    };

    /// <summary>The first half of an answer.</summary>
    public static HttpResponseMessage Half(HttpResponseMessage answer)
    {
        byte[] body = answer.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult();
        return new HttpResponseMessage { Content = new ByteArrayContent(body[..(body.Length / 2)]) };
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer = await base.SendAsync(request, cancellationToken);
        return Fault is { } fault ? fault(Interlocked.Increment(ref requests), answer) : answer;
    }
}
