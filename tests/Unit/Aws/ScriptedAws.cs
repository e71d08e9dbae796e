using System.Net;
using System.Text;
using System.Text.Json;
using Amazon.Runtime;
using ControlPlane.Adapters;
using ControlPlane.Adapters.Aws;
using ControlPlane.Adapters.Aws.Budget;
using ControlPlane.Adapters.Aws.Client;
using ControlPlane.Adapters.Aws.Credentials;

namespace ControlPlane.Tests.Unit.Aws;

/// <summary>AWS as a test has written it: one answer after the other, the last one again and again.</summary>
internal sealed class ScriptedAws(params Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>>[] answers)
    : HttpMessageHandler, IApiCallObserver, ICredentialSource
{
    public const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private int next;
    private int generation;

    public List<string> Requests { get; } = [];

    public List<ApiCall> Calls { get; } = [];

    public static Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Says(
        int status, string body, Action<HttpResponseMessage>? more = null) => (_, _) =>
    {
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8) };
        more?.Invoke(response);
        return Task.FromResult(response);
    };

    public static Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Error(
        string code, string message = "", int status = 400, Action<HttpResponseMessage>? more = null) =>
        Says(status, $$"""{"__type": "com.amazonaws.ecs#{{code}}", "message": "{{message}}"}""", more);

    public AwsClient Client(AwsBudgets budgets, TimeProvider time, AwsAccess? access = null) =>
        new(access ?? new AwsAccess { Region = "eu-west-1" }, budgets, this, time, this, this);

    /// <summary>Calls <c>ecs:ListTasks</c>, whose answer is some JSON.</summary>
    public static Task<string> ListTasksAsync(AwsClient client, CancellationToken cancellationToken = default) => client.SendAsync(
        new AwsRequest { Operation = new AwsOperation("ecs", "ListTasks"), Body = "{}"u8.ToArray(), ContentType = "application/x-amz-json-1.1" },
        body =>
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return document.RootElement.ToString();
        },
        cancellationToken);

    public Task<ImmutableCredentials> GetAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new ImmutableCredentials($"AKID{generation}", Secret, $"session-token-{generation}"));

    public void Forget(ImmutableCredentials refused) => generation++;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        lock (Requests)
        {
            Requests.Add($"{request.RequestUri!.Authority} {request.Headers.GetValues("X-Amz-Date").Single()} {request.Headers.GetValues("Authorization").Single()}");
        }
        return answers[Math.Min(next++, answers.Length - 1)](request, cancellationToken);
    }

    void IApiCallObserver.Called(ApiCall call)
    {
        lock (Calls)
        {
            Calls.Add(call);
        }
    }

    void IDisposable.Dispose()
    {
    }
}
