using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Aws;

/// <summary>Functions that a real sidecar calls, through the invoke API or by their URLs, alone and beside endpoints with addresses.</summary>
[Trait("Engine", "each")]
public sealed class LambdaTrafficTests : IAsyncLifetime
{
    private const string Tags = "\"controlplane/service\": \"cart\", \"controlplane/namespace\": \"shop\"";
    private readonly TemporaryFolder data = new();
    private readonly ConfigurationFolder configuration = new();
    private MotoServer moto = null!;
    private FaultProxy api = null!;
    private Backend backend = null!;
    private ControlPlaneProcess controlPlane = null!;
    private EnvoyProcess sidecar = null!;
    private Caller caller = null!;

    public async ValueTask InitializeAsync()
    {
        moto = await MotoServer.StartAsync();
        await moto.PrepareFunctionsAsync("function");
        api = await FaultProxy.StartAsync(moto.Address);
        backend = await Backend.StartAsync("backend");
        configuration.Write("lambda.yaml", $$"""
            apiVersion: controlplane.io/v1alpha1
            kind: Cluster
            metadata: {name: aws-b}
            spec: {locality: {region: {{MotoServer.Region}}, zone: b} }
            ---
            apiVersion: controlplane.io/v1alpha1
            kind: Source
            metadata: {name: functions}
            spec:
              cluster: aws-b
              refreshSeconds: 1
              lambda: {region: {{MotoServer.Region}}, endpoint: "{{api.Address}}"}
            """);
        controlPlane = await ControlPlaneProcess.StartAsync(data.Path, "--config", configuration.Path);
        sidecar = await EnvoyProcess.StartAsync(controlPlane, "web-1", "--cluster", "eu-a", "--namespace", "shop", "--region", MotoServer.Region, "--zone", "a");
        caller = new Caller(sidecar.Outbound, "cart");
    }

    public async ValueTask DisposeAsync()
    {
        caller.Dispose();
        await sidecar.DisposeAsync();
        await controlPlane.DisposeAsync();
        await backend.DisposeAsync();
        await api.DisposeAsync();
        await moto.DisposeAsync();
        configuration.Dispose();
        data.Dispose();
    }

    [Fact]
    public async Task Function_IsInvoked()
    {
        await moto.AddFunctionAsync("fn-cart", Tags);

        await caller.UntilAnsweredByAsync("function");

        string arn = (await controlPlane.ListAsync("endpoints")).Single()!["address"]!.GetValue<string>();
        arn.ShouldBe("arn:aws:lambda:eu-west-1:123456789012:function:fn-cart");
        api.Requests($"/2015-03-31/functions/{arn}/invocations").ShouldBeGreaterThan(0);
        (await sidecar.AdminAsync("/clusters?format=json")).ShouldContain($"\"endpoint_id\": \"{arn}\"");
        (await sidecar.StatAsync("listener_manager.lds.update_rejected")).ShouldBe(0, sidecar.Log);
        (await sidecar.StatAsync("cluster_manager.cds.update_rejected")).ShouldBe(0, sidecar.Log);
    }

    [Fact]
    public async Task Function_ThatComesAndGoesBesideAnAddress_TakesOverWithoutAFailedRequest()
    {
        configuration.Service("cart", [(backend, "aws-b", "Healthy")]);
        await caller.UntilAnsweredByAsync("backend");
        Load load = caller.StartLoad();
        await load.UntilMoreAsync(50);

        await moto.AddFunctionAsync("fn-cart", Tags);
        await caller.UntilAnsweredByAsync("function");
        configuration.Service("cart", [(backend, "aws-b", "Unhealthy")]);
        await caller.UntilAllAnsweredByAsync("function");
        configuration.Service("cart", [(backend, "aws-b", "Healthy")]);
        await caller.UntilAnsweredByAsync("backend");
        await moto.LambdaAsync(HttpMethod.Delete, "/2015-03-31/functions/fn-cart");
        await Eventually.Until(async () => (await controlPlane.ListAsync("endpoints")).Count == 1);
        await load.UntilMoreAsync(50);

        (await load.StopAsync()).Failures.ShouldBeEmpty();
        await Eventually.Until(async () => !(await sidecar.AdminAsync("/listeners")).Contains("lambda-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task FunctionWithAUrl_IsCalledByIt_SignedWhereItMustBe()
    {
        string auth = "AWS_IAM";
        api.Fault = UrlAnswer(auth);
        await moto.AddFunctionAsync("fn-cart", Tags + ", \"controlplane/url\": \"true\"");

        await caller.UntilAnsweredByAsync("backend");

        (string method, string path, IReadOnlyDictionary<string, string> headers) = await LastAsync();
        (method, path).ShouldBe(("GET", "/orders?id=7"));
        headers["host"].ShouldBe(backend.EndPoint.ToString());
        headers["authorization"].ShouldStartWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/");
        headers["authorization"].ShouldContain("/eu-west-1/lambda/aws4_request");

        api.Fault = UrlAnswer("NONE");
        await Eventually.Until(async () => !(await LastAsync()).Headers.ContainsKey("authorization"));
        (await sidecar.StatAsync("listener_manager.lds.update_rejected")).ShouldBe(0, sidecar.Log);

        Fault UrlAnswer(string type) => Fault.Answer(System.Net.HttpStatusCode.OK, $$"""{"FunctionUrl": "http://{{backend.EndPoint}}/", "AuthType": "{{type}}"}""")
            .For(request => request.Path.EndsWith("/url", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Alias_SharesItsCallsAmongVersions()
    {
        await moto.AddFunctionAsync("fn-cart", Tags + ", \"controlplane/alias\": \"live\"");
        await moto.LambdaAsync(HttpMethod.Post, "/2015-03-31/functions/fn-cart/versions", "{}");
        await moto.LambdaAsync(HttpMethod.Post, "/2015-03-31/functions/fn-cart/aliases",
            """{"Name": "live", "FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": {"$LATEST": 0.25}}}""");
        await caller.UntilAnsweredByAsync("function");
        string[] paths = ["/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:fn-cart:1/invocations",
            "/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:fn-cart:$LATEST/invocations"];
        int[] before = [.. paths.Select(path => api.Requests(path))];

        (await caller.CallAsync(400)).Failures.ShouldBeEmpty();

        (api.Requests(paths[0]) - before[0]).ShouldBeInRange(297, 303);
        (api.Requests(paths[1]) - before[1]).ShouldBeInRange(97, 103);
    }

    private async Task<(string Method, string Path, IReadOnlyDictionary<string, string> Headers)> LastAsync()
    {
        await caller.CallAsync("/orders?id=7");
        return backend.Last;
    }
}
