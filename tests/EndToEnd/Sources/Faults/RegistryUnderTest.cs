using ControlPlane.Adapters;
using ControlPlane.Adapters.Hosting;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

/// <summary>What all registries under test have in common.</summary>
public abstract class RegistryUnderTest(string name) : IRegistryUnderTest
{
    protected static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, string> instances = [];

    public string Name { get; } = name;

    public Dictionary<SourceFault, FaultUnderTest> Faults { get; } = [];

    public Dictionary<SourceFault, string> Impossible { get; } = [];

    public virtual IReadOnlyCollection<string> Secrets => [];

    IReadOnlyDictionary<SourceFault, FaultUnderTest> IRegistryUnderTest.Faults => Faults;

    IReadOnlyDictionary<SourceFault, string> IRegistryUnderTest.Impossible => Impossible;

    protected FaultProxy Proxy { get; private set; } = null!;

    protected TemporaryFolder Folder { get; } = new();

    /// <summary>What was added, by name, with its service.</summary>
    protected IReadOnlyDictionary<string, string> Instances => instances;

    public async Task StartAsync() => Proxy = await StartComponentAsync();

    public virtual Task ResetAsync()
    {
        Proxy.Fault = Fault.None;
        return PopulateAsync();
    }

    public WatchedSource Watch(TimeSpan patience) => new(Connect(Proxy.Address, patience), new SourceHostOptions
    {
        BackOff = TimeSpan.FromMilliseconds(50), MaxBackOff = TimeSpan.FromMilliseconds(400), ConfirmDelay = TimeSpan.FromMilliseconds(200), Heartbeat = TimeSpan.FromMilliseconds(200),
    });

    public async Task<string> AddAsync(string service)
    {
        string added = await CreateAsync(service);
        instances[added] = service;
        return added;
    }

    public async Task RemoveAsync(string name)
    {
        await DeleteAsync(name);
        instances.Remove(name);
    }

    public abstract Task ChangeAsync(string name);

    public abstract Task SetHealthAsync(string name, Health health);

    public abstract Task KillAsync();

    public abstract Task StartAgainAsync();

    public abstract Task<int> FillAsync(int count);

    public virtual async ValueTask DisposeAsync()
    {
        await (Proxy?.DisposeAsync() ?? ValueTask.CompletedTask);
        Folder.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <returns>What stands before it.</returns>
    protected abstract Task<FaultProxy> StartComponentAsync();

    protected abstract IDiscoveryAdapter Connect(Uri via, TimeSpan patience);

    protected abstract Task<string> CreateAsync(string service);

    protected abstract Task DeleteAsync(string name);

    /// <summary>What there is at the beginning of each test, whatever the proxy does meanwhile.</summary>
    protected async Task PopulateAsync()
    {
        foreach ((string service, int wanted) in ((string, int)[])[("cart", 2), ("web", 1)])
        {
            string[] there = [.. instances.Where(pair => pair.Value == service).Select(pair => pair.Key)];
            foreach (string extra in there.Skip(wanted))
            {
                await RemoveAsync(extra);
            }
            for (int i = there.Length; i < wanted; i++)
            {
                await AddAsync(service);
            }
        }
    }

    /// <summary>The component has forgotten everything.</summary>
    protected void ForgetAll() => instances.Clear();

    /// <summary>A fault that the proxy has.</summary>
    /// <param name="reason">See <see cref="FaultUnderTest"/>.</param>
    /// <param name="then">What makes the source ask for what is faulted.</param>
    protected FaultUnderTest By(Func<Fault> fault, string? reason, Func<Task>? then = null) => new(
        reason,
        () =>
        {
            Proxy.Fault = fault();
            return then?.Invoke() ?? Task.CompletedTask;
        },
        EndAsync);

    protected FaultUnderTest By(Fault fault, string? reason, Func<Task>? then = null) => By(() => fault, reason, then);

    /// <summary>Connections that are under way break off, and all is well after that.</summary>
    protected virtual Task EndAsync()
    {
        Proxy.Fault = Fault.None;
        return Task.CompletedTask;
    }

    private protected IDiscoveryAdapter Adapt(IInstanceRegistry registry) =>
        new InstanceAdapter(registry, $"{Name}/test", OneCluster.Name, SourceMapping.Default, new OneCluster());
}
