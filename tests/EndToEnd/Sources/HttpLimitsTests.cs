using ControlPlane.Adapters.Http;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;
using ControlPlane.Tests.EndToEnd.Aws;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources;

/// <summary>Answers of a registry of one's own that are longer than anything that is expected.</summary>
public sealed class HttpLimitsTests
{
    [Theory]
    [InlineData(false, "/instances broke off: it is longer than 100000 bytes")]
    [InlineData(true, "/stream broke off: a line is longer than 100000 bytes")]
    public async Task Answer_ThatIsTooLong_IsNotRead(bool isStream, string reason)
    {
        await using InstanceServer server = await InstanceServer.StartAsync();
        server.Put("vm-1", "cart", 8001);
        var settings = new HttpSettings { Url = isStream ? server.Stream : server.Document, MaximumBytes = 100_000 };
        var client = new InstanceClient(settings, new RecordedCalls(), TimeProvider.System);
        IInstanceRegistry registry = isStream ? new StreamedRegistry(client, TimeProvider.System) : new DocumentRegistry(client, TimeSpan.FromMilliseconds(100), TimeProvider.System);
        await using var source = new WatchedSource(new InstanceAdapter(registry, "http/own", OneCluster.Name, SourceMapping.Default, new OneCluster()));
        await source.LiveAsync();

        server.Put("vm-2", "cart", 8002, $$""", "attributes": {"x": "{{new string('x', 500_000)}}"}""");

        await Eventually.Until(() => source.State == SourceState.Stale && source.Reason.EndsWith(reason, StringComparison.Ordinal), state: () => $"{source.State}: {source.Reason}");
        source.Endpoints("cart").ShouldBe("127.0.0.1:8001 Healthy");
        server.Remove("vm-2");
        await source.LiveAsync();
    }
}
