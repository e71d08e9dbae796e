using ControlPlane.Tests.Conformance.Client;
using ControlPlane.Tests.Conformance.Hosting;
using ControlPlane.Tests.Support;
using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;

namespace ControlPlane.Tests.Conformance.Protocol;

public sealed class AdmissionTests
{
    [Theory, InlineData(true), InlineData(false)]
    public async Task Node_IsHandedToAdmission(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await host.OpenAsync(isDelta, new Node
        {
            Id = "n1",
            Cluster = "web",
            Locality = new Locality { Region = "r", Zone = "z", SubZone = "s" },
            Metadata = new Struct { Fields = { ["kind"] = Value.ForString("sidecar") } },
            UserAgentName = "envoy",
            UserAgentVersion = "1.40.0",
            ClientFeatures = { "f" },
        });

        await stream.SubscribeAsync(TypeUrls.Cluster);
        await stream.TakeAsync(TypeUrls.Cluster);

        ProxyNode node = host.Nodes.Single();
        (node.Id, node.Cluster, node.Region, node.Zone, node.SubZone, node.UserAgentName, node.UserAgentVersion, node.ClientFeatures.Single())
            .ShouldBe(("n1", "web", "r", "z", "s", "envoy", "1.40.0", "f"));
        node.Metadata!.Fields["kind"].StringValue.ShouldBe("sidecar");
    }

    [Theory]
    [InlineData("Bearer abc", true)]
    [InlineData("bearer abc", true)]
    [InlineData("Basic abc", false)]
    [InlineData("Bearer ", false)]
    [InlineData(null, false)]
    public async Task BearerToken_IsHandedToAdmission_AsItsDigest(string? authorization, bool isToken)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await XdsStream.OpenAsync(await host.ConnectAsync(), isDelta: true, authorization: authorization);

        await stream.SubscribeAsync(TypeUrls.Cluster);
        await stream.TakeAsync(TypeUrls.Cluster);

        StreamCredentials shown = host.Credentials.Single();
        shown.Certificate.ShouldBeNull();
        (shown.TokenDigest?.ToArray()).ShouldBe(isToken ? StreamCredentials.DigestOf("abc") : null);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Refused_IsInvalid_AndRemembered(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync(configure: options => options.RefusedKept = 2);
        host.Admission = node => AdmissionResult.Refused($"{node.Id} has no cluster");
        foreach (string id in (string[])["n1", "n2", "n2", "n3"])
        {
            XdsStream stream = await host.OpenAsync(isDelta, new Node { Id = id, Cluster = "web" });
            await stream.SubscribeAsync(TypeUrls.Cluster);
            (await stream.Call.StatusAsync()).ShouldBe((3, $"{id} has no cluster"));
        }

        host.Registry.RefusedProxies.Select(proxy => (proxy.Node, proxy.Cluster, proxy.Reason)).ShouldBe(
            [("n3", "web", "n3 has no cluster"), ("n2", "web", "n2 has no cluster")]);
        await Eventually.Until(() => host.Registry.Count == 0);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task NotYet_IsUnavailable_AndNotRemembered(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Admission = _ => AdmissionResult.NotYet("still starting");
        XdsStream stream = await host.OpenAsync(isDelta);

        await stream.SubscribeAsync(TypeUrls.Cluster);

        (await stream.Call.StatusAsync()).ShouldBe((14, "still starting"));
        host.Registry.RefusedProxies.ShouldBeEmpty();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task AdmissionThatFails_IsInternal_AndHarmsNobodyElse(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        host.Admission = node => node.Id == "bad" ? throw new InvalidOperationException("broken") : host.Accept();
        XdsStream bad = await host.OpenAsync(isDelta, new Node { Id = "bad", Cluster = "web" });
        XdsStream good = await host.OpenAsync(isDelta);

        await bad.SubscribeAsync(TypeUrls.Cluster);

        (await bad.Call.StatusAsync()).Code.ShouldBe(13);
        await good.SubscribeAsync(TypeUrls.Cluster);
        await good.TakeAsync(TypeUrls.Cluster);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Expired_IsUnavailable_AfterAResponse(bool isDelta)
    {
        await using XdsHost host = await XdsHost.StartAsync();
        XdsStream stream = await host.OpenAsync(isDelta);
        await stream.SubscribeAsync(TypeUrls.Cluster);
        await stream.TakeAsync(TypeUrls.Cluster);

        await host.Expired.CancelAsync();

        (await stream.Call.StatusAsync()).Code.ShouldBe(14);
        await Eventually.Until(() => host.Released == 1);
        XdsStream another = await host.OpenAsync(isDelta);
        await another.SubscribeAsync(TypeUrls.Cluster);
        await another.TakeAsync(TypeUrls.Cluster);
        (await another.Call.StatusAsync()).Code.ShouldBe(14);
    }

    [Fact]
    public async Task TooManyTypes_AreResourceExhausted()
    {
        await using XdsHost host = await XdsHost.StartAsync(configure: options => options.MaxTypes = 3);
        XdsStream stream = await host.OpenAsync(isDelta: true);
        for (int i = 0; i < 3; i++)
        {
            await stream.SubscribeAsync($"type.googleapis.com/t{i}", "a");
            (await stream.TakeAsync($"type.googleapis.com/t{i}")).Removed.ShouldBe(["a"]);
        }

        await stream.SubscribeAsync("type.googleapis.com/t3", "a");

        (await stream.Call.StatusAsync()).Code.ShouldBe(8);
    }
}
