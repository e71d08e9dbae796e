#if ORLEANS
using System.Reflection;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;
using ControlPlane.Tests.Unit.Architecture;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace ControlPlane.Tests.Unit.Engine;

/// <summary>
/// Messages between silos of different versions: <c>Payloads/ALIAS.bin</c> was written by earlier versions and never changes. Where
/// <c>WRITE_PAYLOADS</c> is set, those that are not there yet are written.
/// </summary>
[Trait("Engine", "each")]
public sealed class SerializerTests : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    private Serializer Serializer => services.GetRequiredService<Serializer>();

    private static string Folder => Path.Combine(Peer.Root, "tests", "Unit", "Engine", "Payloads");

    public static TheoryData<string> Names() => [.. MessageSamples.All.Select(NameOf)];

    public void Dispose() => services.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Message_OfThisVersion_IsReadAsItWasWritten(string name)
    {
        object sample = Sample(name);

        Serializer.Deserialize<object>(Serializer.SerializeToArray(sample)).ShouldBe(sample);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Message_OfAnEarlierVersion_IsStillRead(string name)
    {
        string file = Path.Combine(Folder, $"{name}.bin");
        if (!File.Exists(file) && Environment.GetEnvironmentVariable("WRITE_PAYLOADS") is { Length: > 0 })
        {
            Directory.CreateDirectory(Folder);
            File.WriteAllBytes(file, Serializer.SerializeToArray(Sample(name)));
        }

        Serializer.Deserialize<object>(File.ReadAllBytes(file)).ShouldBe(Sample(name));
    }

    [Fact]
    public void Message_WithFieldsThatWereAppended_IsReadAsItWasWritten()
    {
        object[] samples =
        [
            new GatewayListener("http", 8000, "*.example.com", RoutesFrom.Selector, Messages.Selector),
            Messages.SourceRecord with { LastGood = DateTimeOffset.UnixEpoch },
            new SourceReport { Epoch = 7, LastGood = DateTimeOffset.UnixEpoch },
            Messages.Endpoint with { Speaks = Speaks.Lambda, Api = "https://lambda.eu-west-1.amazonaws.com", Hostname = "web-0", IsLocal = true },
            new TrafficPolicy { Name = "p", Failover = [Messages.Failover], Then = FailoverThen.None, Distribute = [Messages.Distribution], TierMargin = 10 },
            Messages.Part with { ExternalName = "www.example.com", IsExported = true },
            Messages.ServiceRecord with { ExternalName = "www.example.com", IsExported = true },
            new LeaseResult(true, "here", 7, TimeSpan.FromSeconds(6), "incarnation", 12),
            Messages.LabelledEndpoint with { Region = "us" },
            new Network { Name = "n", Region = "us" },
            Messages.GatewayPolicy,
            Messages.Part with { Distribution = TrafficDistribution.PreferSameNode },
            Messages.ServiceRecord with { Distribution = TrafficDistribution.PreferSameZone },
        ];

        foreach (object sample in samples)
        {
            Serializer.Deserialize<object>(Serializer.SerializeToArray(sample)).ShouldBe(sample);
        }
    }

    [Fact]
    public void Samples_AreThereForEveryMessage()
    {
        IEnumerable<Type> own = GrainTypes.Messages.Where(type => type.Namespace!.StartsWith("ControlPlane", StringComparison.Ordinal) && !type.IsAbstract && !type.IsEnum && type != typeof(ValueList<>));

        own.Except(MessageSamples.All.Select(sample => sample.GetType())).ShouldBeEmpty();
    }

    [Fact]
    public void Samples_HaveNoFieldAtItsDefault()
    {
        foreach (object sample in MessageSamples.All)
        {
            foreach (PropertyInfo property in sample.GetType().GetProperties().Where(property => property.GetCustomAttribute<IdAttribute>() is not null))
            {
                object? value = property.GetValue(sample);
                object? fallback = property.PropertyType.IsValueType ? Activator.CreateInstance(property.PropertyType) : null;
                bool isEmpty = Equals(value, fallback) || value is "";
                bool isMeantToBe = property.Name is "Declared" or "Deleted" or "Namespace" or "Origin" || IsLater(sample, property.Name);
                (isEmpty && !isMeantToBe).ShouldBeFalse($"{sample.GetType().Name}.{property.Name}");
            }
        }
    }

    [Theory]
    [InlineData(Health.Unhealthy, 4)]
    [InlineData(Speaks.SignedHttps, 4)]
    [InlineData(Protocol.Tls, 4)]
    [InlineData(SourceState.Lost, 3)]
    [InlineData(RoutesFrom.Selector, 2)]
    [InlineData(LabelOperator.DoesNotExist, 3)]
    [InlineData(PathMatchType.RegularExpression, 2)]
    [InlineData(TrafficStrategy.SpreadAny, 2)]
    [InlineData(FailoverThen.None, 1)]
    [InlineData(MtlsMode.Strict, 1)]
    [InlineData(GatewayRole.Ingress, 3)]
    [InlineData(StaleAction.Withdraw, 1)]
    [InlineData(TrafficDistribution.PreferSameNode, 1)]
    public void Enumeration_KeepsItsNumbers(Enum value, int number) => Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture).ShouldBe(number);

    // What the version that wrote the payloads did not know.
    private static bool IsLater(object sample, string property) => (sample, property) is
        (GatewayListener, nameof(GatewayListener.Selector))
        or (Endpoint, nameof(Endpoint.Api) or nameof(Endpoint.IsLocal) or nameof(Endpoint.Hostname) or nameof(Endpoint.Labels) or nameof(Endpoint.ForZones) or nameof(Endpoint.Region))
        or (ConfigObject, nameof(ConfigObject.Region))
        or (TrafficPolicy, nameof(TrafficPolicy.Failover) or nameof(TrafficPolicy.Then) or nameof(TrafficPolicy.Distribute) or nameof(TrafficPolicy.TierMargin)
            or nameof(TrafficPolicy.Gateway) or nameof(TrafficPolicy.StaleLimit) or nameof(TrafficPolicy.Stale) or nameof(TrafficPolicy.Hold) or nameof(TrafficPolicy.Subsets))
        or (ServicePart, nameof(ServicePart.ExternalName) or nameof(ServicePart.IsExported) or nameof(ServicePart.Distribution))
        or (ServiceRecord, nameof(ServiceRecord.ExternalName) or nameof(ServiceRecord.IsExported) or nameof(ServiceRecord.Distribution))
        or (SourceRecord, nameof(SourceRecord.LastGood))
        or (SourceReport, nameof(SourceReport.LastGood))
        or (LeaseResult, nameof(LeaseResult.Endpoints));

    private static object Sample(string name) => MessageSamples.All.First(sample => NameOf(sample) == name);

    private static string NameOf(object sample) =>
        sample.GetType().CustomAttributes.FirstOrDefault(attribute => attribute.AttributeType == typeof(AliasAttribute))?.ConstructorArguments[0].Value as string
        ?? sample.GetType().Name;
}
#endif
