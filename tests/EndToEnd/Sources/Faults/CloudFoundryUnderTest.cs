using System.Globalization;
using System.Net;
using ControlPlane.Adapters;
using ControlPlane.Adapters.CloudFoundry;
using ControlPlane.Adapters.Sources;
using ControlPlane.Model;
using ControlPlane.Tests.EndToEnd.Aws;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

/// <summary>A foundation by its Cloud Controller; which is a stand-in, see <see cref="CloudControllerStandIn"/>. Instances are <c>APP/INDEX</c>.</summary>
public sealed class CloudFoundryUnderTest : RegistryUnderTest
{
    private readonly HashSet<string> apps = [];
    private readonly Dictionary<string, int> ports = [];
    private CloudControllerStandIn controller = null!;
    private int secrets;
    private bool hasLargePages;

    public CloudFoundryUnderTest()
        : base("cloudFoundry")
    {
        Faults[SourceFault.Outage] = By(Fault.Refuse, "cannot be reached");
        Faults[SourceFault.Silence] = By(Fault.Hang, "did not answer organizations within");
        Faults[SourceFault.WrongCredentials] = new("does not accept the client controlplane with the secret in", ChangeSecretAsync, RenewAsync);
        Faults[SourceFault.ExpiredCredentials] = new(null, ExpireAsync, () => Task.CompletedTask);
        Faults[SourceFault.Denied] = By(
            Fault.Answer(HttpStatusCode.Forbidden, """{"errors": [{"title": "CF-NotAuthorized", "detail": "You are not authorized"}]}"""), "cloud_controller.global_auditor");
        Faults[SourceFault.Throttled] = By(
            Fault.Answer(HttpStatusCode.TooManyRequests, """{"errors": [{"title": "CF-RateLimitExceeded", "detail": "Rate Limit Exceeded"}]}"""), "too many requests");
        Faults[SourceFault.PartOfReading] = By(
            Fault.Answer(HttpStatusCode.InternalServerError, "oops").For(request => request.Path == "/v3/apps" && request.Query.Contains("page=2", StringComparison.Ordinal)), "answers 500 to apps");
        Faults[SourceFault.Garbage] = By(Fault.Garbage, "the answer to organizations cannot be read");
        Faults[SourceFault.Truncated] = By(Fault.Truncate, "broke off");
        Faults[SourceFault.Emptiness] = By(
            Fault.Answer(HttpStatusCode.OK, """{"pagination": {"total_results": 0, "next": null}, "resources": []}"""), "shows the client controlplane no organization at all");
    }

    public override IReadOnlyCollection<string> Secrets => ["s3cret", "token-"];

    public override Task ChangeAsync(string name)
    {
        ports[name] += 1000;
        return SetHealthAsync(name, Health.Healthy);
    }

    public override Task SetHealthAsync(string name, Health health)
    {
        (string app, int index) = Parts(name);
        controller.Foundation.Run(app, index, "10.0.1.1", ports[name], health == Health.Draining ? "STOPPING" : "RUNNING", health == Health.Unhealthy ? """ "routable": false """ : "");
        return Task.CompletedTask;
    }

    public override Task KillAsync() => controller.StopAsync();

    public override Task StartAgainAsync()
    {
        controller.RevokeTokens();
        return controller.StartAgainAsync();
    }

    public override Task<int> FillAsync(int count)
    {
        hasLargePages = true;
        for (int i = 0; i < count; i++)
        {
            string app = $"huge{i / 20}";
            if (i % 20 == 0)
            {
                controller.Foundation.Push(app, $"space{i / 20 % 20}");
                controller.Foundation.Map(app, $"{app}.apps.example.com");
            }
            controller.Foundation.Run(app, i % 20, $"10.7.{i / 250}.{i % 250}", 61001);
        }
        return Task.FromResult(count + Instances.Count + apps.Count(app => app.StartsWith("more", StringComparison.Ordinal)));
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await (controller?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    protected override async Task<FaultProxy> StartComponentAsync()
    {
        controller = await CloudControllerStandIn.StartAsync();
        await RenewAsync();
        // For more than one page.
        foreach (string more in (string[])["more1", "more2", "more3"])
        {
            apps.Add(more);
            controller.Foundation.Push(more);
            controller.Foundation.Run(more, 0, "10.0.9.1", 60000 + more[4]);
        }
        return await FaultProxy.StartAsync(controller.Address);
    }

    protected override IDiscoveryAdapter Connect(Uri via, TimeSpan patience)
    {
        CloudFoundryTimes times = CloudFoundryWatch.Times with { Request = patience, PageSize = hasLargePages ? 500 : CloudFoundryWatch.Times.PageSize };
        var context = new SourceContext(new OneCluster(), new RecordedCalls(), TimeProvider.System);
        return Adapt(CloudFoundrySourceType.Registry(new CloudFoundrySettings { Api = CloudFoundryWatch.Client(via, Folder.File("secret")) }, times, Rest, context));
    }

    protected override Task<string> CreateAsync(string service)
    {
        if (apps.Add(service))
        {
            controller.Foundation.Push(service);
        }
        int index = Enumerable.Range(0, 100).First(i => !Instances.ContainsKey($"{service}/{i}"));
        string name = string.Create(CultureInfo.InvariantCulture, $"{service}/{index}");
        ports[name] = 61001 + (apps.Count * 100) + index;
        controller.Foundation.Run(service, index, "10.0.1.1", ports[name]);
        return Task.FromResult(name);
    }

    protected override Task DeleteAsync(string name)
    {
        (string app, int index) = Parts(name);
        controller.Foundation.Remove(app, index);
        return Task.CompletedTask;
    }

    private static (string App, int Index) Parts(string name) => (name.Split('/')[0], int.Parse(name.Split('/')[1], CultureInfo.InvariantCulture));

    private Task ChangeSecretAsync()
    {
        controller.Secret = string.Create(CultureInfo.InvariantCulture, $"s3cret/{++secrets}");
        return ExpireAsync();
    }

    private Task RenewAsync()
    {
        Folder.Write("secret", controller.Secret);
        return Task.CompletedTask;
    }

    private Task ExpireAsync()
    {
        controller.RevokeTokens();
        return Task.CompletedTask;
    }
}
