namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

/// <summary>All registries there are, each started when a test first asks for it.</summary>
public sealed class Registries : IAsyncDisposable
{
    private readonly Dictionary<string, IRegistryUnderTest> started = [];

    /// <summary>
    /// None of them started. Workloads that register themselves are none: nobody is asked for them, so nothing of this can go wrong; their lives are
    /// in <see cref="RegistrationTests"/>.
    /// </summary>
    public static IReadOnlyList<IRegistryUnderTest> All() =>
    [
        new KubernetesUnderTest(), new ConsulUnderTest(), new HttpDocumentUnderTest(), new HttpStreamUnderTest(),
        new EcsUnderTest(), new Ec2UnderTest(), new LambdaUnderTest(), new CloudMapUnderTest(), new CloudFoundryUnderTest(),
    ];

    public static TheoryData<string> Names() => [.. All().Select(registry => registry.Name)];

    public static TheoryData<string, SourceFault> Faults()
    {
        var data = new TheoryData<string, SourceFault>();
        foreach (IRegistryUnderTest registry in All())
        {
            foreach (SourceFault fault in registry.Faults.Keys.Order())
            {
                data.Add(registry.Name, fault);
            }
        }
        return data;
    }

    /// <summary>With two instances of <c>cart</c> and one of <c>web</c>, all well.</summary>
    public async Task<IRegistryUnderTest> GetAsync(string name)
    {
        if (!started.TryGetValue(name, out IRegistryUnderTest? registry))
        {
            registry = All().First(known => known.Name == name);
            await registry.StartAsync();
            started[name] = registry;
        }
        await registry.ResetAsync();
        return registry;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IRegistryUnderTest registry in started.Values)
        {
            await registry.DisposeAsync();
        }
    }
}
