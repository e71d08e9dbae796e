using System.Collections.Concurrent;
using ControlPlane.Adapters.Instances;
using ControlPlane.Grains.Registrations;
using ControlPlane.Model;
using ControlPlane.Model.Registrations;

namespace ControlPlane.Tests.Unit.Grains.Killing;

/// <summary>Killing the grains of registrations at any time loses none that was answered, and brings none back that was taken away.</summary>
[Trait("Engine", "each")]
public sealed class RegistrationProperties
{
    private const int Steps = 150;
    private readonly ConcurrentDictionary<string, Health> heard = new();
    private readonly Dictionary<string, Health> expected = [];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Registrations_AfterAnySequenceOfChangesAndKills_AreWhatWasAnswered(int seed)
    {
        using var folder = new TemporaryFolder();
        await using Region region = await Region.StartAsync(folder.Path);
        using var stop = new CancellationTokenSource();
        Task watching = WatchAsync(new RegistrationsRegistry(region.Grains), stop.Token);
        var random = new Random(seed);

        for (int i = 0; i < Steps; i++)
        {
            await StepAsync(region, random, $"vm-{random.Next(4)}/cart");
        }

        await Eventually.Until(() => Describe(heard) == Describe(expected), state: () => $"expected {Describe(expected)}, heard {Describe(heard)}, seed {seed}");
        ValueList<RegistrationState> listed = await Region.AnsweredAsync(() => region.Grains.GetGrain<IRegistrationsGrain>(IRegistrationsGrain.Key).ListAsync());
        Describe(listed.ToDictionary(state => state.Registration.Id, state => state.Registration.Health)).ShouldBe(Describe(expected));
        await stop.CancelAsync();
        await watching;
    }

    private static string Describe(IEnumerable<KeyValuePair<string, Health>> registrations) =>
        string.Join(", ", registrations.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}"));

    private async Task StepAsync(Region region, Random random, string id)
    {
        IEndpointGrain grain = region.Grains.GetGrain<IEndpointGrain>(id);
        Health health = random.Next(2) == 0 ? Health.Healthy : Health.Degraded;
        switch (random.Next(6))
        {
            case 0 or 1:
                await Region.AnsweredAsync(() => grain.RegisterAsync(Registration(id, health)));
                expected[id] = health;
                break;
            case 2:
                (await Region.AnsweredAsync(() => grain.RenewAsync(health))).ShouldBe(expected.ContainsKey(id));
                if (expected.ContainsKey(id))
                {
                    expected[id] = health;
                }
                break;
            case 3:
                await Region.AnsweredAsync(grain.DeregisterAsync);
                expected.Remove(id);
                break;
            case 4:
                await KillAsync(region, "endpoint", id);
                break;
            default:
                await KillAsync(region, "registrations", IRegistrationsGrain.Key);
                break;
        }
    }

    private static async Task KillAsync(Region region, string grainType, string key)
    {
        try
        {
            await region.KillAsync(grainType, key);
        }
        catch (Exception)
        {
            // Where killing is a call, it may come to nothing.
        }
    }

    private static Registration Registration(string id, Health health) => new()
    {
        Id = id, Service = "cart", Namespace = "shop", Cluster = Samples.Cluster, Address = "10.0.0.1", Ports = [new RegisteredPort(8080, 80, Protocol.Http)], Health = health, LeaseSeconds = 60,
    };

    // As a source's host does: a watch that ends begins anew.
    private async Task WatchAsync(RegistrationsRegistry registry, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                HashSet<string>? unread = [.. heard.Keys];
                await foreach (InstanceEvent happened in registry.WatchAsync(cancellationToken))
                {
                    switch (happened)
                    {
                        case ReadingBegun:
                            unread = [.. heard.Keys];
                            break;
                        case GroupRead { Instances: [var instance] }:
                            unread?.Remove(instance.Id);
                            heard[instance.Id] = instance.Health;
                            break;
                        case GroupRead gone:
                            heard.TryRemove(gone.Group, out _);
                            break;
                        case ReadingComplete:
                            foreach (string id in unread ?? [])
                            {
                                heard.TryRemove(id, out _);
                            }
                            unread = null;
                            break;
                    }
                }
            }
            catch (Exception)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, CancellationToken.None);
            }
        }
    }
}
