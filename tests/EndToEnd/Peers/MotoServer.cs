using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using ControlPlane.Adapters;
using ControlPlane.Adapters.Aws;
using ControlPlane.Adapters.Aws.Budget;
using ControlPlane.Adapters.Aws.Client;
using ControlPlane.Adapters.Aws.Credentials;
using ControlPlane.Adapters.Aws.Protocols;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>moto: the APIs of AWS with their state in memory, for one test. It checks no signatures.</summary>
public sealed class MotoServer : IAsyncDisposable
{
    public const string Region = "eu-west-1";
    private readonly AwsBudgets budgets = new(TimeProvider.System);
    private readonly int port = Loopback.FreePort();
    private readonly AwsClient client;
    private ChildProcess? process;

    private MotoServer()
    {
        client = new AwsClient(Access, budgets, new NoCalls(), TimeProvider.System, new SocketsHttpHandler(), new TestCredentials());
    }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    public AwsAccess Access => new() { Region = Region, Endpoint = Address, RequestsPerSecond = 1000, Burst = 1000 };

    public static async Task<MotoServer> StartAsync()
    {
        var server = new MotoServer();
        await server.LaunchAsync();
        return server;
    }

    /// <summary>SIGKILL. It forgets everything.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Starts again on the same port, empty.</summary>
    public async Task RestartAsync()
    {
        await process!.DisposeAsync();
        await LaunchAsync();
    }

    /// <summary>A client as sources have it, with a handler and credentials of the test's.</summary>
    internal AwsClient Connect(IApiCallObserver? observer = null, HttpMessageHandler? handler = null, ICredentialSource? credentials = null, AwsAccess? access = null) =>
        new(access ?? Access, budgets, observer ?? new NoCalls(), TimeProvider.System, handler ?? new SocketsHttpHandler(), credentials ?? new TestCredentials());

    /// <summary>JSON 1.1.</summary>
    public Task<JsonElement> EcsAsync(string operation, string json) => JsonAsync("ecs", $"AmazonEC2ContainerServiceV20141113.{operation}", operation, json);

    /// <summary>JSON 1.1.</summary>
    public Task<JsonElement> CloudMapAsync(string operation, string json) => JsonAsync("servicediscovery", $"Route53AutoNaming_v20170314.{operation}", operation, json);

    public Task<XElement> Ec2Async(string operation, params (string Name, string Value)[] parameters) =>
        new AwsQuery(client, "ec2", "2016-11-15").CallAsync(
            operation, parameters.Select(pair => new KeyValuePair<string, string>(pair.Name, pair.Value)), answer => answer, CancellationToken.None);

    public Task<XElement> IamAsync(string operation, params (string Name, string Value)[] parameters) =>
        new AwsQuery(client, "iam", "2010-05-08").CallAsync(
            operation, parameters.Select(pair => new KeyValuePair<string, string>(pair.Name, pair.Value)), answer => answer, CancellationToken.None);

    /// <summary>REST-JSON.</summary>
    public Task<JsonElement> LambdaAsync(HttpMethod method, string path, string? json = null) => client.SendAsync(
        new AwsRequest
        {
            Operation = new AwsOperation("lambda", "Arrange"),
            Method = method,
            Target = path,
            Body = Encoding.UTF8.GetBytes(json ?? ""),
            ContentType = json is null ? null : "application/json",
        },
        Read,
        CancellationToken.None);

    /// <summary>
    /// Adds a function. Calls of it are answered with what was prepared: moto runs no code where there is no Docker.
    /// </summary>
    /// <param name="tags">More of the request's JSON.</param>
    public Task AddFunctionAsync(string name, string tags) => LambdaAsync(HttpMethod.Post, "/2015-03-31/functions", $$"""
        {"FunctionName": "{{name}}", "Runtime": "python3.12", "Role": "arn:aws:iam::123456789012:role/fn", "Handler": "a.b",
         "Code": {"ZipFile": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}, "Tags": { {{tags}} }, "Publish": true}
        """);

    /// <summary>What functions need before they can be added, and what calls of them are answered with.</summary>
    public async Task PrepareFunctionsAsync(string body)
    {
        await IamAsync("CreateRole", ("RoleName", "fn"), ("Path", "/"), ("AssumeRolePolicyDocument", """{"Version": "2012-10-17", "Statement": []}"""));
        IEnumerable<string> results = Enumerable.Repeat($$"""{"status_code": 200, "body": "{{body}}"}""", 20_000);
        using var http = new HttpClient { BaseAddress = Address };
        foreach ((string path, object settings) in ((string, object)[])
            [("moto-api/config", new { lambda = new { use_docker = false } }), ("moto-api/static/lambda-simple/response", new { region = Region, results })])
        {
            // Not in chunks, which moto does not read.
            using var content = new StringContent(JsonSerializer.Serialize(settings), Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await http.PostAsync(new Uri(path, UriKind.Relative), content);
            answer.EnsureSuccessStatusCode();
        }
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        budgets.Dispose();
        await (process?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    private async Task LaunchAsync()
    {
        process = ChildProcess.Start(Peer.Find("moto_server"), ["-H", "127.0.0.1", "-p", port.ToString(CultureInfo.InvariantCulture)]);
        using var http = new HttpClient();
        await Eventually.Until(async () =>
        {
            try
            {
                using HttpResponseMessage response = await http.PostAsync(new Uri(Address, "moto-api/reset"), null);
                return response.IsSuccessStatusCode;
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                return false;
            }
        }, TimeSpan.FromSeconds(30), () => process.Output);
        // Tasks would move on with every look at them.
        using var pinned = new StringContent(
            """{"model_name": "ecs::task", "transition": {"progression": "manual", "times": 1000000000}}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await http.PostAsync(new Uri(Address, "moto-api/state-manager/set-transition"), pinned);
        answer.EnsureSuccessStatusCode();
    }

    private Task<JsonElement> JsonAsync(string service, string target, string operation, string json) => client.SendAsync(
        new AwsRequest
        {
            Operation = new AwsOperation(service, operation),
            Body = Encoding.UTF8.GetBytes(json),
            ContentType = "application/x-amz-json-1.1",
            JsonTarget = target,
        },
        Read,
        CancellationToken.None);

    private static JsonElement Read(ReadOnlyMemory<byte> body)
    {
        using JsonDocument document = JsonDocument.Parse(body.IsEmpty ? "{}"u8.ToArray() : body);
        return document.RootElement.Clone();
    }

    private sealed class NoCalls : IApiCallObserver
    {
        public void Called(ApiCall call)
        {
        }
    }
}
