using System.Globalization;
using ControlPlane.Adapters;
using ControlPlane.Adapters.Http;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;
using ControlPlane.Tests.EndToEnd.Aws;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

/// <summary>A registry of one's own behind HTTP.</summary>
public abstract class HttpUnderTest(string name) : RegistryUnderTest(name)
{
    private readonly Dictionary<string, (int Port, Health Health)> facts = [];
    private int added;
    private int tokens;

    public override IReadOnlyCollection<string> Secrets => ["s3cret"];

    protected InstanceServer Server { get; private set; } = null!;

    public override async Task ResetAsync()
    {
        RenewToken();
        Server.OtherToken = null;
        await base.ResetAsync();
    }

    public override Task ChangeAsync(string name)
    {
        Put(name, facts[name] with { Port = facts[name].Port + 1000 });
        return Task.CompletedTask;
    }

    public override Task SetHealthAsync(string name, Health health)
    {
        Put(name, facts[name] with { Health = health });
        return Task.CompletedTask;
    }

    public override Task KillAsync() => Server.StopAsync();

    public override Task StartAgainAsync() => Server.StartAgainAsync();

    public override Task<int> FillAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Server.Put($"huge-{i:00000}", $"huge{i % 100}", 20_000 + i);
        }
        return Task.FromResult(count + Instances.Count);
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await (Server?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    protected override async Task<FaultProxy> StartComponentAsync()
    {
        Server = await InstanceServer.StartAsync();
        RenewToken();
        return await FaultProxy.StartAsync(new Uri(Server.Document, "/"));
    }

    protected override IDiscoveryAdapter Connect(Uri via, TimeSpan patience)
    {
        var settings = new HttpSettings { Url = new Uri(via, Path), TokenFile = Folder.File("token"), Timeout = patience };
        return Adapt(Create(new InstanceClient(settings, new RecordedCalls(), TimeProvider.System)));
    }

    protected override Task<string> CreateAsync(string service)
    {
        string id = $"vm-{++added}";
        facts[id] = (8000 + added, Health.Healthy);
        Put(service, id);
        return Task.FromResult(id);
    }

    protected override Task DeleteAsync(string name)
    {
        Server.Remove(name);
        return Task.CompletedTask;
    }

    /// <summary>The document, or the stream.</summary>
    protected abstract string Path { get; }

    /// <summary>What the server says is new, though nothing is different.</summary>
    protected Task TouchAsync()
    {
        foreach (string instance in Instances.Keys)
        {
            Put(Instances[instance], instance);
        }
        return Task.CompletedTask;
    }

    protected Task ForgetTokenAsync()
    {
        Folder.Write("token", "s3cret-of-somebody-else");
        Proxy.Fault = Fault.None;
        return Task.CompletedTask;
    }

    protected Task GiveTokenBackAsync()
    {
        RenewToken();
        return Task.CompletedTask;
    }

    /// <summary>The new token is in its file before the old one is not accepted any more.</summary>
    /// <param name="used">Ends when requests have the new one.</param>
    protected async Task ExchangeTokenAsync(Func<Task> used)
    {
        RenewToken();
        await used();
        Server.OtherToken = null;
    }

    private protected abstract IInstanceRegistry Create(InstanceClient client);

    private void RenewToken()
    {
        string token = string.Create(CultureInfo.InvariantCulture, $"s3cret-{++tokens}");
        Server.OtherToken = Server.Token;
        Server.Token = token;
        File.WriteAllText(Folder.File("token.new"), token);
        File.Move(Folder.File("token.new"), Folder.File("token"), overwrite: true);
    }

    private void Put(string name, (int Port, Health Health) now)
    {
        facts[name] = now;
        Put(Instances[name], name);
    }

    private void Put(string service, string name) =>
        Server.Put(name, service, facts[name].Port, $$""", "health": "{{facts[name].Health.ToString().ToLowerInvariant()}}" """);
}
