using System.Net;
using System.Text;

namespace ControlPlane.Tests.Unit.Kubernetes;

/// <summary>Answers requests one after the other as a test has written.</summary>
internal sealed class ScriptedServer(params Func<HttpRequestMessage, HttpResponseMessage>[] answers) : HttpMessageHandler
{
    private int next;

    public List<string> Requests { get; } = [];

    public static HttpResponseMessage Json(string body) => new(HttpStatusCode.OK) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    public static HttpResponseMessage Status(HttpStatusCode code, string message = "") =>
        new(code) { Content = new StringContent($$"""{"kind": "Status", "code": {{(int)code}}, "message": "{{message}}"}""") };

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (Requests)
        {
            Requests.Add($"{request.RequestUri!.PathAndQuery} {request.Headers.Authorization?.Parameter}".TrimEnd());
        }
        return next < answers.Length
            ? Task.FromResult(answers[next++](request))
            : throw new HttpRequestException("the script is over");
    }
}
