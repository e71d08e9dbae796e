using System.Text;
using ControlPlane.Tests.Conformance.Client;
using ControlPlane.Tests.Conformance.Hosting;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Conformance.Transport;

public sealed class RobustnessTests
{
    private static readonly byte[] Preface = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

    public static TheoryData<string, byte[]> Garbage => new()
    {
        { "HTTP/1.1", Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nhost: x\r\n\r\n") },
        { "TLS", [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3, .. Enumerable.Repeat((byte)9, 600)] },
        { "a frame over the limit", [.. Preface, .. Settings(), 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 1] },
        { "data on no stream", [.. Preface, .. Settings(), .. new Frame(FrameType.Data, 0, 0, [1, 2, 3]).Encode()] },
        { "data on an idle stream", [.. Preface, .. Settings(), .. new Frame(FrameType.Data, 0, 7, [1, 2, 3]).Encode()] },
        { "broken HPACK", [.. Preface, .. Settings(), .. new Frame(FrameType.Headers, Frame.EndHeaders, 1, [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]).Encode()] },
        { "a window of nothing", [.. Preface, .. Settings(), .. Frame.Window(0, 0).Encode()] },
        { "an overflowing window", [.. Preface, .. Settings(), .. Frame.Window(0, int.MaxValue).Encode(), .. Frame.Window(0, int.MaxValue).Encode()] },
    };

    [Theory, MemberData(nameof(Garbage))]
    public async Task T2_Garbage_EndsItsConnectionAlone(string what, byte[] bytes)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream other = await host.OpenAsync(isDelta: true);
        await other.SubscribeAsync(TypeUrls.Cluster);
        await other.TakeAsync(TypeUrls.Cluster);
        await using H2Connection connection = await H2Connection.ConnectAsync(host.Address);

        await connection.SendAsync(bytes);

        await GrpcTests.ShouldGoOnAsync(other);
        // Kestrel waits for the rest of what might be a greeting of TLS, as long as for any silent client.
        if (what != "TLS")
        {
            await connection.WaitForCloseAsync(TimeSpan.FromSeconds(15));
            await GrpcTests.ShouldGoOnAsync(other);
        }
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task T2_ResetStream_IsReleased_AndOthersOfItsConnectionGoOn(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        H2Connection connection = await host.ConnectAsync();
        XdsStream other = await XdsStream.OpenAsync(connection, isDelta);
        XdsStream stream = await XdsStream.OpenAsync(connection, isDelta);
        await stream.SubscribeAsync(TypeUrls.Cluster);
        await stream.TakeAsync(TypeUrls.Cluster);

        await stream.Call.ResetAsync();

        await Eventually.Until(() => host.Released == 1);
        await GrpcTests.ShouldGoOnAsync(other);
        host.Registry.Count.ShouldBe(1);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task T5_ThousandIdleConnections_AllGetAChange(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Put(Make.Assignment("c1"));
        XdsStream[] streams = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => host.OpenAsync(isDelta)));
        await Task.WhenAll(streams.Select(async stream =>
        {
            await stream.SubscribeAsync(TypeUrls.ClusterLoadAssignment, "c1");
            await stream.TakeAsync(TypeUrls.ClusterLoadAssignment);
        }));
        host.Registry.Count.ShouldBe(1000);

        host.Put(Make.Assignment("c1", 2));

        Answer[] answers = await Task.WhenAll(streams.Select(stream => stream.TakeAsync(TypeUrls.ClusterLoadAssignment)));
        answers.Length.ShouldBe(1000);
        (await host.Registry.ReadAsync()).Length.ShouldBe(1000);
    }

    private static byte[] Settings() => new Frame(FrameType.Settings, 0, 0, []).Encode();
}
