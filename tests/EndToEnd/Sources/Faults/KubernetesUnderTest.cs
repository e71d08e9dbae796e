using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using ControlPlane.Adapters;
using ControlPlane.Adapters.Kubernetes;
using ControlPlane.Model;
using ControlPlane.Tests.EndToEnd.Kubernetes;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

/// <summary>A real API server; each instance is an EndpointSlice of its own.</summary>
public sealed class KubernetesUnderTest : RegistryUnderTest
{
    private const string Slices = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
    private readonly HashSet<string> services = [];
    private readonly Dictionary<string, string> addresses = [];
    private KubeApiServer server = null!;
    private string token = "";
    private int added;
    private int tokens;

    public KubernetesUnderTest()
        : base("kubernetes")
    {
        // Watches that have come so far go on from there; what is listed anew is read anew.
        Task RelistAsync() => server.CompactAsync();
        bool Lists(FaultedRequest request) => !request.Query.Contains("watch=1", StringComparison.Ordinal);
        Faults[SourceFault.Outage] = By(Fault.Refuse, "cannot be reached");
        Faults[SourceFault.Silence] = By(Fault.Hang, "within 0.7 s");
        Faults[SourceFault.WrongCredentials] = new("answers 401", RevokeAsync, RenewAsync);
        Faults[SourceFault.ExpiredCredentials] = new(null, ExchangeTokenAsync, () => Task.CompletedTask);
        Faults[SourceFault.Denied] = By(
            Fault.Answer(HttpStatusCode.Forbidden, """{"kind": "Status", "code": 403, "message": "pods is forbidden"}"""), "allow it (deploy/kubernetes/rbac.yaml) (pods is forbidden)");
        Faults[SourceFault.Throttled] = By(Fault.Answer(HttpStatusCode.TooManyRequests, "", ("Retry-After", "0")), "the server has too many requests");
        Faults[SourceFault.PartOfReading] = By(
            Fault.Answer(HttpStatusCode.InternalServerError, "etcd is away").For(request => request.Query.Contains("continue=", StringComparison.Ordinal)), "answers 500", RelistAsync);
        Faults[SourceFault.Garbage] = By(Fault.Garbage, "cannot be read");
        Faults[SourceFault.Truncated] = By(Fault.Truncate.For(Lists), "broke off", RelistAsync);
        Faults[SourceFault.Emptiness] = By(
            () => Fault.Change(Emptied).For(request => Lists(request) && request.Path.EndsWith("/endpointslices", StringComparison.Ordinal)).Times(1), "endpoints are gone in one reading", RelistAsync);
    }

    public override IReadOnlyCollection<string> Secrets => ["s3cret"];

    public override Task ChangeAsync(string name)
    {
        addresses[name] = string.Create(CultureInfo.InvariantCulture, $"10.9.0.{added}");
        return SetHealthAsync(name, Health.Healthy);
    }

    public override Task SetHealthAsync(string name, Health health) => server.ApplyAsync(KubernetesObjects.Slice(
        Instances[name], name, KubernetesObjects.Endpoint(addresses[name], health switch
        {
            Health.Unhealthy => "ready: false, serving: false",
            Health.Draining => "ready: false, serving: true, terminating: true",
            _ => "ready: true",
        })));

    public override Task KillAsync() => server.KillAsync();

    public override Task StartAgainAsync() => server.RestartAsync();

    public override async Task<int> FillAsync(int count)
    {
        // As the controller of a real cluster has it: at most 100 in a slice.
        for (int slice = 0; slice * 100 < count; slice++)
        {
            string service = $"huge{slice}";
            await server.ApplyAsync(KubernetesObjects.Service(service));
            await server.ApplyAsync(KubernetesObjects.Slice(service, "a", [.. Enumerable.Range(0, Math.Min(100, count - (slice * 100)))
                .Select(i => KubernetesObjects.Endpoint(string.Create(CultureInfo.InvariantCulture, $"10.7.{slice}.{i}")))]));
        }
        return count + Instances.Count;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    protected override async Task<FaultProxy> StartComponentAsync()
    {
        server = await KubeApiServer.StartAsync();
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.ImportFromPemFile(server.AuthorityFile);
        FaultProxy proxy = await FaultProxy.StartAsync(server.Address, trust);
        await AddTokenAsync(proxy.Address);
        return proxy;
    }

    protected override IDiscoveryAdapter Connect(Uri via, TimeSpan patience) => new KubernetesAdapter(
        new KubernetesAdapterOptions
        {
            Cluster = "dc1",
            Kubeconfig = server.WriteKubeconfig("proxy.kubeconfig", $"{{tokenFile: \"{Folder.File("token")}\"}}", via.ToString().TrimEnd('/')),
            Times = new KubernetesTimes
            {
                PageSize = 2, Request = patience, Watch = TimeSpan.FromSeconds(5), BackOff = TimeSpan.FromMilliseconds(10), Rediscover = TimeSpan.FromMilliseconds(500),
            },
        },
        TimeProvider.System);

    protected override async Task<string> CreateAsync(string service)
    {
        if (services.Add(service))
        {
            await server.ApplyAsync(KubernetesObjects.Service(service));
        }
        string name = string.Create(CultureInfo.InvariantCulture, $"s{++added}");
        addresses[name] = string.Create(CultureInfo.InvariantCulture, $"10.0.0.{added % 250}");
        await server.ApplyAsync(KubernetesObjects.Slice(service, name, KubernetesObjects.Endpoint(addresses[name])));
        return name;
    }

    protected override Task DeleteAsync(string name) => server.DeleteAsync($"{Slices}/{Instances[name]}-{name}");

    private static string Emptied(string list)
    {
        JsonObject page = JsonNode.Parse(list)!.AsObject();
        page["items"] = new JsonArray();
        page["metadata"]!.AsObject().Remove("continue");
        return page.ToJsonString();
    }

    private async Task RevokeAsync()
    {
        await server.RevokeTokenAsync(token);
        await AnsweredAsync(Proxy.Address, HttpStatusCode.Unauthorized);
        Proxy.Fault = Fault.None;
    }

    private Task RenewAsync() => AddTokenAsync(Proxy.Address);

    private async Task ExchangeTokenAsync()
    {
        string old = token;
        await RenewAsync();
        await server.RevokeTokenAsync(old);
        // Ends all watches, as the server does from time to time.
        await server.CompactAsync();
    }

    private async Task AddTokenAsync(Uri via)
    {
        token = string.Create(CultureInfo.InvariantCulture, $"s3cret-{++tokens}");
        await server.AddTokenAsync(token, "watcher", "readers");
        await AnsweredAsync(via, HttpStatusCode.OK);
        Folder.Write("token", token);
    }

    // The server needs a moment to know what is in its file.
    private async Task AnsweredAsync(Uri via, HttpStatusCode status)
    {
        using var http = new HttpClient { BaseAddress = via, DefaultRequestHeaders = { Authorization = new("Bearer", token) } };
        await Eventually.Until(async () =>
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri("/api/v1/nodes", UriKind.Relative));
            return answer.StatusCode == status;
        });
    }
}
