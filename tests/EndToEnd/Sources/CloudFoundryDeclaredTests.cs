using System.Text;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;
using NATS.Client.Core;

namespace ControlPlane.Tests.EndToEnd.Sources;

/// <summary>A foundation as users declare it, watched by the control plane itself.</summary>
public sealed class CloudFoundryDeclaredTests : IAsyncLifetime
{
    private readonly ConfigurationFolder configuration = new();
    private readonly TemporaryFolder data = new();
    private CloudControllerStandIn controller = null!;
    private NatsServer nats = null!;

    public async ValueTask InitializeAsync()
    {
        controller = await CloudControllerStandIn.StartAsync();
        controller.Foundation.Push("cart", "shop");
        controller.Foundation.Map("cart", "cart.apps.example.com");
        controller.Foundation.Run("cart", 0, "127.0.0.1", 8001);
        nats = await NatsServer.StartAsync("""authorization: { users: [{ user: cp, password: "p4ss-1" }] }""", new NatsAuthOpts { Username = "cp", Password = "p4ss-1" });
    }

    public async ValueTask DisposeAsync()
    {
        await nats.DisposeAsync();
        await controller.DisposeAsync();
        configuration.Dispose();
        data.Dispose();
    }

    [Fact]
    public async Task Source_IsServedByAppAndFollowsRoutesOnceThatIsDeclared()
    {
        Declare("");
        await using ControlPlaneProcess controlPlane = await ControlPlaneProcess.StartAsync(Path.Combine(data.Path, "state"), "--config", configuration.Path, "--log-level", "Trace");
        await Eventually.Until(async () => await controlPlane.EndpointsAsync() == "127.0.0.1:8001 Healthy eu/a", state: () => controlPlane.Output);

        await using NatsConnection router = new(NatsOpts.Default with { Url = nats.Address, AuthOpts = new NatsAuthOpts { Username = "cp", Password = "p4ss-1" } });
        await using INatsSub<string> greets = await router.SubscribeCoreAsync<string>("router.greet");
        await router.PingAsync();
        await using var registrar = new Registrar(nats);
        await registrar.KeepAsync("0", Registrar.Message("cart.apps.example.com", "127.0.0.1", 8001, "cart-guid", more: """ "availability_zone": "b" """));
        Declare($$""", nats: {servers: ["{{nats.Address}}"], username: cp, passwordFile: {{data.Write("nats", "p4ss-1")}}}""");
        NatsMsg<string> greet = await greets.Msgs.ReadAsync(TestContext.Current.CancellationToken);
        await router.PublishAsync(greet.ReplyTo!, Encoding.UTF8.GetBytes("""{"minimumRegisterIntervalInSeconds": 1, "pruneThresholdInSeconds": 120}"""));

        await Eventually.Until(async () => await controlPlane.EndpointsAsync() == "127.0.0.1:8001 Healthy eu/b", state: () => controlPlane.Output);
        (await controlPlane.GetAsync("sources/cloudFoundry/cf1"))["state"]!.GetValue<string>().ShouldBe("Live");
        (await controlPlane.GetAsync("configuration")).ToJsonString().ShouldNotContain("p4ss");
        controlPlane.Output.ShouldNotContain("p4ss");
        controlPlane.Output.ShouldNotContain(controller.Secret);
        controlPlane.Output.ShouldNotContain("token-");
    }

    private void Declare(string more) => configuration.Write("cf.yaml", $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: Source
        metadata: {name: cf1}
        spec:
          cluster: eu-a
          refreshSeconds: 1
          cloudFoundry: {api: "{{controller.Address}}", clientId: controlplane, clientSecretFile: {{data.Write("secret", controller.Secret)}}{{more}}}
        """);
}
