using ControlPlane.Tests.Conformance.Client;
using ControlPlane.Tests.Conformance.Hosting;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;

namespace ControlPlane.Tests.Conformance.Transport;

public sealed class GrpcTests
{
    private const string Aggregated = "/envoy.service.discovery.v3.AggregatedDiscoveryService/";

    [Theory, InlineData(true), InlineData(false)]
    public async Task T1_Response_IsGrpc_WithStatusInTheTrailers(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await host.OpenAsync(isDelta);
        await stream.SubscribeAsync(TypeUrls.Cluster);
        await stream.TakeAsync(TypeUrls.Cluster);
        stream.Call.Head[":status"].ShouldBe("200");
        stream.Call.Head["content-type"].ShouldBe("application/grpc");

        await stream.Call.HalfCloseAsync();

        (await stream.Call.StatusAsync()).Code.ShouldBe(0);
        stream.Call.IsTrailersOnly.ShouldBeFalse();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task T1_CompressedMessage_IsUnimplemented(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await host.OpenAsync(isDelta);

        await stream.Call.SendRawAsync(H2Stream.Prefixed([1, 2, 3], 3, flag: 1));

        (await stream.Call.StatusAsync()).ShouldBe((12, "compressed messages are not supported"));
        stream.Call.IsTrailersOnly.ShouldBeTrue();
    }

    [Theory, InlineData(1), InlineData(3), InlineData(7)]
    public async Task T1_Message_MayComeInPiecesOfAnySize(int frameSize)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await host.OpenAsync(isDelta: true);
        byte[] request = new DeltaDiscoveryRequest { Node = stream.Node, TypeUrl = TypeUrls.Cluster }.ToByteArray();

        await stream.Call.SendRawAsync(H2Stream.Prefixed(request, request.Length), frameSize);

        await stream.TakeAsync(TypeUrls.Cluster);
    }

    [Fact]
    public async Task T1_MessageOfTheStatus_IsPercentEncoded()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Admission = _ => AdmissionResult.Refused("100 % wróng\nhere");
        XdsStream stream = await host.OpenAsync(isDelta: true);

        await stream.SubscribeAsync(TypeUrls.Cluster);

        (await stream.Call.RawMessageAsync()).ShouldBe("100 %25 wr%C3%B3ng%0Ahere");
        (await stream.Call.StatusAsync()).ShouldBe((3, "100 % wróng\nhere"));
    }

    [Theory]
    [InlineData("cluster", "Cluster", "Clusters", TypeUrls.Cluster)]
    [InlineData("endpoint", "Endpoint", "Endpoints", TypeUrls.ClusterLoadAssignment)]
    [InlineData("listener", "Listener", "Listeners", TypeUrls.Listener)]
    [InlineData("route", "Route", "Routes", TypeUrls.RouteConfiguration)]
    [InlineData("secret", "Secret", "Secrets", TypeUrls.Secret)]
    [InlineData("route", "VirtualHost", "VirtualHosts", TypeUrls.VirtualHost)]
    public async Task T1_ServiceOfOneType_ServesIt_WithoutATypeUrl(string package, string service, string resources, string type)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Any(type, "a"));
        H2Connection connection = await host.ConnectAsync();
        foreach (bool isDelta in type == TypeUrls.VirtualHost ? [true] : new[] { true, false })
        {
            H2Stream call = await connection.CallAsync($"/envoy.service.{package}.v3.{service}DiscoveryService/{(isDelta ? "Delta" : "Stream")}{resources}");
            XdsStream stream = isDelta ? new DeltaStream(call) : new SotwStream(call);

            await stream.SubscribeAsync("", "a");

            Answer answer = await stream.NextAsync();
            (answer.TypeUrl, answer.Items.Single().Name).ShouldBe((type, "a"));
            await stream.SubscribeAsync("type.googleapis.com/another", "a");
            (await call.StatusAsync()).Code.ShouldBe(3);
        }
    }

    [Theory]
    [InlineData(Aggregated + "Nothing")]
    [InlineData("/envoy.service.cluster.v3.ClusterDiscoveryService/FetchClusters")]
    [InlineData("/envoy.service.discovery.v2.AggregatedDiscoveryService/StreamAggregatedResources")]
    [InlineData("/")]
    public async Task T2_UnknownMethod_IsUnimplemented(string path)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        H2Connection connection = await host.ConnectAsync();
        XdsStream other = await XdsStream.OpenAsync(connection, isDelta: true);

        H2Stream call = await connection.CallAsync(path);

        (await call.StatusAsync()).ShouldBe((12, $"there is no method {path}"));
        call.IsTrailersOnly.ShouldBeTrue();
        await ShouldGoOnAsync(other);
    }

    [Fact]
    public async Task T2_OtherEncoding_IsUnimplemented()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        H2Connection connection = await host.ConnectAsync();

        H2Stream call = await connection.CallAsync($"{Aggregated}DeltaAggregatedResources", "application/grpc+json");

        (await call.StatusAsync()).Code.ShouldBe(12);
    }

    [Theory]
    [InlineData(true, "FF")]
    [InlineData(true, "0A05")]
    [InlineData(true, "00")]
    [InlineData(true, "0B")]
    [InlineData(true, "1202FFFE")]
    [InlineData(true, "0A021AFF")]
    [InlineData(true, "FFFFFFFFFFFFFFFFFFFF01")]
    [InlineData(false, "FF")]
    [InlineData(false, "1AFFFFFFFF0F")]
    [InlineData(false, "1A02C328")]
    public async Task T2_MalformedMessage_IsInvalid_AndOtherStreamsGoOn(bool isDelta, string message)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        H2Connection connection = await host.ConnectAsync();
        XdsStream other = await XdsStream.OpenAsync(connection, isDelta);
        XdsStream stream = await XdsStream.OpenAsync(connection, isDelta);

        await stream.Call.SendAsync(Convert.FromHexString(message));

        (await stream.Call.StatusAsync()).Code.ShouldBe(3);
        await ShouldGoOnAsync(other);
    }

    [Fact]
    public async Task T2_StreamThatEndsWithinAMessage_IsInvalid()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await host.OpenAsync(isDelta: true);
        await stream.Call.SendRawAsync(H2Stream.Prefixed([1, 2, 3], 100));

        await stream.Call.HalfCloseAsync();

        (await stream.Call.StatusAsync()).Code.ShouldBe(3);
    }

    [Theory, InlineData(int.MaxValue), InlineData(-1), InlineData((16 << 20) + 1)]
    public async Task T2_LengthOverTheLimit_IsResourceExhausted_BeforeTheMessageIsThere(int length)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        H2Connection connection = await host.ConnectAsync();
        XdsStream other = await XdsStream.OpenAsync(connection, isDelta: true);
        XdsStream stream = await XdsStream.OpenAsync(connection, isDelta: true);

        await stream.Call.SendRawAsync(H2Stream.Prefixed([1], length));

        (await stream.Call.StatusAsync()).Code.ShouldBe(8);
        await ShouldGoOnAsync(other);
    }

    [Fact]
    public async Task T2_RequestOf500Kilobytes_IsServed()
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await host.OpenAsync(isDelta: true);
        string[] names = [.. Enumerable.Range(0, 10_000).Select(i => $"service-with-a-name-of-some-forty-letters-{i:0000}")];

        await stream.SubscribeAsync(TypeUrls.ClusterLoadAssignment, names);

        (await stream.TakeAsync(TypeUrls.ClusterLoadAssignment)).Names.ShouldBe(names);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task T2_ResponseOverTheLimit_IsSplitInDelta_AndResourceExhaustedInSotw(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync(configure: options => options.MaxResponseBytes = 1200);
        string[] names = [.. Enumerable.Range(0, 40).Select(i => $"c{i:00}")];
        host.Put([.. names.Select(name => Make.Cluster(name))]);
        XdsStream stream = await host.OpenAsync(isDelta);

        await stream.SubscribeAsync(TypeUrls.Cluster);

        if (!isDelta)
        {
            (await stream.Call.StatusAsync()).Code.ShouldBe(8);
            return;
        }
        var got = new List<string>();
        while (got.Count < names.Length)
        {
            got.AddRange((await stream.TakeAsync(TypeUrls.Cluster)).Names);
        }
        got.Order().ShouldBe(names);
    }

    /// <summary>It is served as ever, whatever became of others.</summary>
    internal static async Task ShouldGoOnAsync(XdsStream stream)
    {
        await stream.ShouldBeQuietAsync();
        await stream.ShouldBeQuietAsync();
    }
}
