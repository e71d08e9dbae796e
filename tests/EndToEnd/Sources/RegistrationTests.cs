using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Sources;

/// <summary>Workloads that register themselves.</summary>
[Trait("Engine", "each")]
public sealed class RegistrationTests : IAsyncLifetime
{
    private readonly ConfigurationFolder configuration = new();
    private readonly TemporaryFolder data = new();
    private ControlPlaneProcess controlPlane = null!;

    public async ValueTask InitializeAsync() => controlPlane = await ControlPlaneProcess.StartAsync(data.Path, "--config", configuration.Path);

    public async ValueTask DisposeAsync()
    {
        await controlPlane.DisposeAsync();
        configuration.Dispose();
        data.Dispose();
    }

    [Fact]
    public async Task Workload_FromItsFirstWordToItsLast()
    {
        (await PutAsync("vm-1/cart", 8001)).ShouldBe(HttpStatusCode.Created);
        await UntilAsync("127.0.0.1:8001 Healthy eu/a");
        (await PutAsync("vm-1/cart", 8001)).ShouldBe(HttpStatusCode.OK);
        (await PutAsync("vm-2/cart", 8002, cluster: "eu-b")).ShouldBe(HttpStatusCode.Created);
        await UntilAsync("127.0.0.1:8001 Healthy eu/a, 127.0.0.1:8002 Healthy eu/b");

        (await SendAsync(HttpMethod.Post, "vm-1/cart", "/heartbeat", """{"health": "unhealthy"}""")).ShouldBe(HttpStatusCode.NoContent);
        await UntilAsync("127.0.0.1:8001 Unhealthy eu/a, 127.0.0.1:8002 Healthy eu/b");
        (await SendAsync(HttpMethod.Post, "vm-1/cart", "/heartbeat", """{"health": "healthy"}""")).ShouldBe(HttpStatusCode.NoContent);
        (await SendAsync(HttpMethod.Post, "vm-2/cart", "/drain")).ShouldBe(HttpStatusCode.NoContent);
        await UntilAsync("127.0.0.1:8001 Healthy eu/a, 127.0.0.1:8002 Draining eu/b");
        (await SendAsync(HttpMethod.Delete, "vm-2/cart")).ShouldBe(HttpStatusCode.NoContent);
        await UntilAsync("127.0.0.1:8001 Healthy eu/a");

        (await SendAsync(HttpMethod.Post, "vm-2/cart", "/heartbeat", "{}")).ShouldBe(HttpStatusCode.NotFound);
        (await SendAsync(HttpMethod.Delete, "vm-2/cart")).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Lease_ThatIsNotRenewed_MakesTheWorkloadUnhealthyUntilItIs()
    {
        await PutAsync("vm-1/cart", 8001, lease: 3);
        await UntilAsync("127.0.0.1:8001 Healthy eu/a");

        await UntilAsync("127.0.0.1:8001 Unhealthy eu/a");
        (await controlPlane.GetAsync("registrations/vm-1%2Fcart"))["expired"]!.GetValue<bool>().ShouldBeTrue();

        await SendAsync(HttpMethod.Post, "vm-1/cart", "/heartbeat", "{}");
        await UntilAsync("127.0.0.1:8001 Healthy eu/a");
    }

    [Fact]
    public async Task Registration_ThatWasAnswered_SurvivesAKill()
    {
        await PutAsync("vm-1/cart", 8001, lease: 60);
        await controlPlane.KillAsync();

        await controlPlane.RestartAsync();

        await UntilAsync("127.0.0.1:8001 Healthy eu/a");
        (await controlPlane.ListAsync("registrations")).ShouldHaveSingleItem()!["leaseSeconds"]!.GetValue<int>().ShouldBe(60);
        await SendAsync(HttpMethod.Delete, "vm-1/cart");
        await UntilAsync("");
    }

    [Fact]
    public async Task Registration_ThatIsWrong_IsRefusedFieldByField()
    {
        using HttpResponseMessage response = await RequestAsync(
            HttpMethod.Put, "vm-1", "", """{"service": "Cart!", "cluster": "eu-a", "address": "cart.internal", "ports": [{"port": 0}], "leaseSeconds": 1}""");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonObject errors = (await response.Content.ReadFromJsonAsync<JsonNode>())!["errors"]!.AsObject();
        errors.Select(field => field.Key).ShouldBe(["service", "address", "ports[0].port", "leaseSeconds"]);
        errors["service"]![0]!.GetValue<string>().ShouldEndWith("found 'Cart!'");
    }

    [Fact]
    public async Task Tokens_WhereThereAreSome_AreAskedFor()
    {
        string tokens = data.Write("tokens", "# of the shop\ngood-token\n");
        using var state = new TemporaryFolder();
        await using ControlPlaneProcess guarded = await ControlPlaneProcess.StartAsync(state.Path, "--config", configuration.Path, "--registration-tokens", tokens);

        (await PutAsync("vm-1", 8001, to: guarded)).ShouldBe(HttpStatusCode.Unauthorized);
        (await PutAsync("vm-1", 8001, to: guarded, token: "bad-token")).ShouldBe(HttpStatusCode.Unauthorized);
        (await PutAsync("vm-1", 8001, to: guarded, token: "good-token")).ShouldBe(HttpStatusCode.Created);
    }

    private Task<HttpStatusCode> PutAsync(string id, int port, string cluster = "eu-a", int lease = 30, ControlPlaneProcess? to = null, string? token = null) =>
        SendAsync(HttpMethod.Put, id, "", string.Create(System.Globalization.CultureInfo.InvariantCulture, $$"""
            {"service": "cart", "namespace": "shop", "cluster": "{{cluster}}", "address": "127.0.0.1", "leaseSeconds": {{lease}},
             "ports": [{"port": {{port}}, "servicePort": 80, "protocol": "http"}]}
            """), to, token);

    private async Task<HttpStatusCode> SendAsync(
        HttpMethod method, string id, string action = "", string? body = null, ControlPlaneProcess? to = null, string? token = null)
    {
        using HttpResponseMessage response = await RequestAsync(method, id, action, body, to, token);
        return response.StatusCode;
    }

    private async Task<HttpResponseMessage> RequestAsync(
        HttpMethod method, string id, string action = "", string? body = null, ControlPlaneProcess? to = null, string? token = null)
    {
        using var request = new HttpRequestMessage(method, new Uri($"/v1/registrations/{Uri.EscapeDataString(id)}{action}", UriKind.Relative));
        request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        request.Headers.Authorization = token is null ? null : new("Bearer", token);
        return await (to ?? controlPlane).SendAsync(request);
    }

    private Task UntilAsync(string expected) => Eventually.Until(async () => await controlPlane.EndpointsAsync() == expected, what: expected);
}
