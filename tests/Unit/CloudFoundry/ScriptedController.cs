using System.Net;
using System.Text;
using ControlPlane.Adapters;
using ControlPlane.Adapters.CloudFoundry;
using ControlPlane.Adapters.CloudFoundry.Access;
using ControlPlane.Adapters.CloudFoundry.Controller;

namespace ControlPlane.Tests.Unit.CloudFoundry;

/// <summary>A Cloud Controller and its UAA as a test has written them: an answer for each path with its query, in turn, the last one again and again.</summary>
internal sealed class ScriptedController : HttpMessageHandler, IApiCallObserver
{
    private readonly Dictionary<string, Queue<Func<HttpResponseMessage>>> answers = [];

    public List<string> Requests { get; } = [];

    public List<ApiCall> Calls { get; } = [];

    public ScriptedController() => Says("/oauth/token", """{"access_token": "t", "expires_in": 600}""");

    /// <param name="status">Of the answer.</param>
    public ScriptedController Says(string path, string body, int status = 200, params (string Name, string Value)[] headers)
    {
        if (!answers.TryGetValue(path, out Queue<Func<HttpResponseMessage>>? queue))
        {
            answers[path] = queue = new Queue<Func<HttpResponseMessage>>();
        }
        queue.Enqueue(() =>
        {
            var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
            foreach ((string name, string value) in headers)
            {
                response.Headers.TryAddWithoutValidation(name, value);
            }
            return response;
        });
        return this;
    }

    public ControllerClient Client(string secretFile, TimeProvider time, CloudFoundryTimes? times = null)
    {
        times ??= new CloudFoundryTimes { BackOff = TimeSpan.FromMilliseconds(1) };
        var access = new ControllerAccess { Address = new Uri("https://api.test"), Uaa = new Uri("https://uaa.test"), ClientId = "cp", ClientSecretFile = secretFile };
        return new ControllerClient(access, times, time, new ControllerTransport(this, times, time, this));
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string path = request.RequestUri!.PathAndQuery;
        lock (Requests)
        {
            Requests.Add($"{request.RequestUri.Host}{path}");
            if (!answers.TryGetValue(path, out Queue<Func<HttpResponseMessage>>? queue))
            {
                return Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound) { Content = new StringContent(path) });
            }
            return Task.FromResult((queue.Count > 1 ? queue.Dequeue() : queue.Peek())());
        }
    }

    void IApiCallObserver.Called(ApiCall call)
    {
        lock (Calls)
        {
            Calls.Add(call);
        }
    }
}
