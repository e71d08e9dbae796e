using System.Net;
using Amazon.Runtime;
using ControlPlane.Adapters;
using ControlPlane.Adapters.Aws;
using ControlPlane.Adapters.Aws.Budget;
using ControlPlane.Adapters.Aws.Client;
using ControlPlane.Adapters.Aws.Credentials;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Tests.Unit.Aws;

/// <summary>AWS whose operations have each one answer, as a test says. What no answer is written for is answered with an empty object.</summary>
internal sealed class AnsweringAws : HttpMessageHandler, IApiCallObserver, ICredentialSource
{
    private readonly AwsBudgets budgets = new(TimeProvider.System);

    public static AwsAccess Access { get; } = new() { Region = "eu-west-1", RequestsPerSecond = 1000, Burst = 1000 };

    /// <summary>By operation: <c>ListTasks</c>, of which a second may depend on what the body has: <c>ListTasks STOPPED</c>.</summary>
    public Dictionary<string, string> Answers { get; } = [];

    public AwsClient Client() => new(Access, budgets, this, TimeProvider.System, this, this);

    /// <summary>The instances of one reading, by id.</summary>
    public static async Task<Dictionary<string, Instance>> ReadAsync(IInstanceRegistry registry)
    {
        var found = new Dictionary<string, Instance>();
        await foreach (InstanceEvent happened in registry.WatchAsync(CancellationToken.None))
        {
            if (happened is ReadingComplete)
            {
                break;
            }
            foreach (Instance instance in happened is GroupRead { Instances: var instances } ? instances : [])
            {
                found.Add(instance.Id, instance);
            }
        }
        return found;
    }

    public Task<ImmutableCredentials> GetAsync(CancellationToken cancellationToken) => Task.FromResult(new ImmutableCredentials("AKID", "secret", null));

    public void Forget(ImmutableCredentials refused)
    {
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        string operation = request.Headers.TryGetValues("X-Amz-Target", out IEnumerable<string>? targets)
            ? targets.Single().Split('.')[^1]
            : body.Split('&').First(part => part.StartsWith("Action=", StringComparison.Ordinal))["Action=".Length..];
        string? fitting = Answers.Keys.Where(key => key.Split(' ')[0] == operation && key.Split(' ').Skip(1).All(body.Contains)).MaxBy(key => key.Length);
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(fitting is null ? "{}" : Answers[fitting]) };
    }

    protected override void Dispose(bool disposing)
    {
        budgets.Dispose();
        base.Dispose(disposing);
    }

    void IApiCallObserver.Called(ApiCall call)
    {
    }
}
