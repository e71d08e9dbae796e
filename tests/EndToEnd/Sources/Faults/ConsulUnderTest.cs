using System.Globalization;
using System.Net;
using System.Text;
using ControlPlane.Adapters;
using ControlPlane.Adapters.Consul;
using ControlPlane.Adapters.Consul.Access;
using ControlPlane.Adapters.Consul.Client;
using ControlPlane.Model;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

/// <summary>Consul with ACLs.</summary>
public sealed class ConsulUnderTest : RegistryUnderTest
{
    private const string ReadAll = """service_prefix "" { policy = "read" } node_prefix "" { policy = "read" }""";
    private const string Tags = """ "Tags": ["http"] """;
    private const string Nobody = "00000000-dead-beef-0000-000000000000";

    private ConsulServer consul = null!;
    private string token = "";
    private int added;

    public ConsulUnderTest()
        : base("consul")
    {
        Faults[SourceFault.Outage] = By(Fault.Refuse, "cannot be reached");
        Faults[SourceFault.Silence] = By(Fault.Hang, "did not answer");
        Faults[SourceFault.WrongCredentials] = new("403 to ", () => UseAsync(Nobody), () => UseAsync(token));
        Faults[SourceFault.ExpiredCredentials] = new(null, ExchangeTokenAsync, () => Task.CompletedTask);
        // Whoever may see nothing is answered with an empty list.
        Faults[SourceFault.Denied] = new("give the token", async () => await UseAsync(await consul.CreateTokenAsync("""key_prefix "x" { policy = "read" }""")), () => UseAsync(token));
        Faults[SourceFault.Throttled] = By(Fault.Answer(HttpStatusCode.TooManyRequests, "Your IP is issuing too many concurrent connections"), "too many requests or connections");
        Faults[SourceFault.PartOfReading] = By(
            Fault.Answer(HttpStatusCode.InternalServerError, "rpc error").For(request => request.Path.EndsWith("/health/service/web", StringComparison.Ordinal)), "500 to health/service");
        Faults[SourceFault.Garbage] = By(Fault.Garbage, "cannot be read");
        Faults[SourceFault.Truncated] = By(Fault.Truncate, "broke off");
        Faults[SourceFault.Emptiness] = By(
            Fault.Answer(HttpStatusCode.OK, "{}", ("X-Consul-Index", "9999")).For(request => request.Path.EndsWith("/catalog/services", StringComparison.Ordinal)), "does not even show its own service");
    }

    public override IReadOnlyCollection<string> Secrets => [token, Nobody, "dead-beef"];

    public override Task ChangeAsync(string name) => consul.RegisterAsync(Instances[name], name, "10.9.0.1", 9000, more: Tags);

    public override async Task SetHealthAsync(string name, Health health)
    {
        await consul.SetMaintenanceAsync(name, health == Health.Draining);
        await consul.SetCheckAsync(name, health == Health.Unhealthy ? "fail" : "pass");
    }

    public override Task KillAsync() => consul.KillAsync();

    public override Task StartAgainAsync() => consul.RestartAsync();

    public override async Task<int> FillAsync(int count)
    {
        // A transaction has room for 64 operations.
        const int Room = 62;
        for (int node = 0; node * Room < count; node++)
        {
            var operations = new StringBuilder();
            string name = string.Create(CultureInfo.InvariantCulture, $"n{node}");
            operations.Append(CultureInfo.InvariantCulture, $$$"""[{"Node": {"Verb": "set", "Node": {"Node": "{{{name}}}", "Address": "10.5.{{{node / 250}}}.{{{node % 250}}}"} } }""");
            for (int i = node * Room; i < Math.Min(count, (node + 1) * Room); i++)
            {
                operations.Append(CultureInfo.InvariantCulture, $$$""", {"Service": {"Verb": "set", "Node": "{{{name}}}", "Service": {"ID": "huge-{{{i}}}", "Service": "huge{{{i % 100}}}", "Port": {{{20_000 + i}}} } } }""");
            }
            await consul.PutAsync("txn", operations.Append(']').ToString());
        }
        return count + Instances.Count;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await (consul?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    protected override async Task<FaultProxy> StartComponentAsync()
    {
        consul = await ConsulServer.StartAsync(withAcls: true, keepsData: true);
        token = await consul.CreateTokenAsync(ReadAll);
        Folder.Write("token", token);
        return await FaultProxy.StartAsync(consul.Address);
    }

    protected override IDiscoveryAdapter Connect(Uri via, TimeSpan patience)
    {
        var times = new ConsulTimes
        {
            Request = patience, Wait = TimeSpan.FromSeconds(2), BackOff = TimeSpan.FromMilliseconds(20), MaxBackOff = TimeSpan.FromMilliseconds(200), Tries = 2,
        };
        var client = new ConsulClient(new ConsulAccess { Address = via, TokenFile = Folder.File("token") }, times, TimeProvider.System, null);
        return Adapt(new ConsulRegistry(client, times, TimeProvider.System));
    }

    protected override async Task<string> CreateAsync(string service)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"{service}-{++added}");
        await consul.RegisterAsync(service, id, $"10.0.0.{added % 250}", 8000 + added, more: Tags);
        // The agent keeps what a check was told, and not how it began.
        await consul.SetCheckAsync(id, "pass");
        return id;
    }

    protected override Task DeleteAsync(string name) => consul.DeregisterAsync(name);

    private Task UseAsync(string now)
    {
        File.WriteAllText(Folder.File("token.new"), now);
        File.Move(Folder.File("token.new"), Folder.File("token"), overwrite: true);
        // Queries that wait would go on with the old one.
        return EndAsync();
    }

    private async Task ExchangeTokenAsync()
    {
        string old = token;
        token = await consul.CreateTokenAsync(ReadAll);
        await UseAsync(token);
        await consul.DeleteTokenAsync(old);
    }
}
