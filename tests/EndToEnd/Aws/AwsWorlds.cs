using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using ControlPlane.Adapters.Aws.Client;
using ControlPlane.Adapters.Aws.Protocols;
using ControlPlane.Adapters.CloudMap;
using ControlPlane.Adapters.Ec2;
using ControlPlane.Adapters.Ecs;
using ControlPlane.Adapters.Ecs.Api;
using ControlPlane.Adapters.Instances;
using ControlPlane.Adapters.Lambda;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Aws;

internal static class AwsWorlds
{
    public static readonly string[] Names = ["ecs", "ec2", "lambda", "cloudMap"];

    public static async Task<AwsWorld> CreateAsync(string name, MotoServer moto)
    {
        AwsWorld world = name switch
        {
            "ecs" => new EcsWorld(moto),
            "ec2" => new Ec2World(moto),
            "lambda" => new LambdaWorld(moto),
            _ => new CloudMapWorld(moto),
        };
        await world.PrepareAsync();
        return world;
    }
}

internal sealed class EcsWorld(MotoServer moto) : AwsWorld(moto)
{
    public string Subnet { get; private set; } = "";

    public override async Task PrepareAsync()
    {
        XElement subnets = await Moto.Ec2Async("DescribeSubnets");
        Subnet = subnets.Items("subnetSet").First().Text("subnetId")!;
        await Moto.EcsAsync("CreateCluster", """{"clusterName": "shop"}""");
        await Moto.EcsAsync("RegisterTaskDefinition", """
            {"family": "web-app", "networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512",
             "taskRoleArn": "arn:aws:iam::123456789012:role/shop-task",
             "containerDefinitions": [{"name": "main", "image": "x", "memory": 128, "portMappings": [{"containerPort": 8080, "name": "web", "appProtocol": "http"}]}]}
            """);
    }

    public override async Task<string> AddAsync(string service) => (await RunAsync(service, 1)).GetProperty("tasks")[0].GetProperty("taskArn").GetString()!;

    private Task<JsonElement> RunAsync(string service, int count) => Moto.EcsAsync("RunTask", string.Create(CultureInfo.InvariantCulture, $$$"""
            {"cluster": "shop", "count": {{{count}}}, "taskDefinition": "web-app", "launchType": "FARGATE", "group": "service:{{{service}}}", "tags": [{"key": "team", "value": "a"}],
             "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["{{{Subnet}}}"], "securityGroups": ["sg-1"] } } }
            """));

    public override Task TagAsync(string name, string key, string value) =>
        Moto.EcsAsync("TagResource", $$$"""{"resourceArn": "{{{name}}}", "tags": [{"key": "{{{key}}}", "value": "{{{value}}}"}]}""");

    public override async Task<int> FillAsync(int count)
    {
        // moto draws addresses, and some twice.
        var addresses = new HashSet<string?>();
        for (int i = 0; i < count; i += 10)
        {
            JsonElement answer = await RunAsync($"huge{i / 10 % 100}", 10);
            addresses.UnionWith(answer.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("attachments")[0].GetProperty("details").EnumerateArray()
                .First(detail => detail.GetProperty("name").GetString() == "privateIPv4Address").GetProperty("value").GetString()));
        }
        return addresses.Count;
    }

    public override Task RemoveAsync(string name) => Moto.EcsAsync("StopTask", $$"""{"cluster": "shop", "task": "{{name}}"}""");

    internal override IInstanceRegistry Create(AwsClient client) =>
        new EcsRegistry(new EcsSettings { Access = Moto.Access }, new EcsApi(client) { PageSize = HasLargePages ? 100 : 1 }, Rest, TimeProvider.System);
}

internal sealed class Ec2World(MotoServer moto) : AwsWorld(moto)
{
    public override async Task<string> AddAsync(string service)
    {
        XElement answer = await Moto.Ec2Async("RunInstances",
            ("ImageId", "ami-12345678"), ("MinCount", "1"), ("MaxCount", "1"), ("TagSpecification.1.ResourceType", "instance"),
            ("TagSpecification.1.Tag.1.Key", $"controlplane/service/{service}"), ("TagSpecification.1.Tag.1.Value", "80=8080/http"));
        return answer.Items("instancesSet").Single().Text("instanceId")!;
    }

    public override Task TagAsync(string name, string key, string value) =>
        Moto.Ec2Async("CreateTags", ("ResourceId.1", name), ("Tag.1.Key", key), ("Tag.1.Value", value));

    public override Task RemoveAsync(string name) => Moto.Ec2Async("TerminateInstances", ("InstanceId.1", name));

    internal override IInstanceRegistry Create(AwsClient client) =>
        new Ec2Registry(new Ec2Settings { Access = Moto.Access }, client, Rest, TimeProvider.System) { PageSize = HasLargePages ? 1000 : 1 };
}

internal sealed class LambdaWorld(MotoServer moto) : AwsWorld(moto)
{
    private int added;

    public override Task PrepareAsync() => Moto.PrepareFunctionsAsync("function");

    public override Task<string> AddAsync(string service) => AddAsync(service, "");

    public async Task<string> AddAsync(string service, string tags)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"fn-{service}-{++added}");
        await Moto.AddFunctionAsync(name, $"\"controlplane/service\": \"{service}\"{tags}");
        return name;
    }

    public override Task TagAsync(string name, string key, string value) => Moto.LambdaAsync(
        HttpMethod.Post, $"/2017-03-31/tags/arn:aws:lambda:{MotoServer.Region}:123456789012:function:{name}", $$$"""{"Tags": {"{{{key}}}": "{{{value}}}"}}""");

    public override async Task<int> FillAsync(int count)
    {
        // A tenth: each has two calls of its own.
        for (int i = 0; i < count / 10; i++)
        {
            await AddAsync($"huge{i % 100}");
        }
        return count / 10;
    }

    public override Task RemoveAsync(string name) => Moto.LambdaAsync(HttpMethod.Delete, $"/2015-03-31/functions/{name}");

    internal override IInstanceRegistry Create(AwsClient client) =>
        new LambdaRegistry(new LambdaSettings { Access = Moto.Access }, false, new LambdaApi(client) { PageSize = HasLargePages ? "50" : "1" }, Rest, TimeProvider.System);
}

internal sealed class CloudMapWorld(MotoServer moto) : AwsWorld(moto)
{
    private readonly Dictionary<string, string> services = [];
    private readonly Dictionary<string, JsonObject> attributesOf = [];
    private string space = "";
    private int added;

    public override async Task PrepareAsync()
    {
        await Moto.CloudMapAsync("CreateHttpNamespace", """{"Name": "corp"}""");
        JsonElement all = await Moto.CloudMapAsync("ListNamespaces", "{}");
        space = all.GetProperty("Namespaces")[0].GetProperty("Id").GetString()!;
    }

    public override Task<string> AddAsync(string service) => AddAsync(service, "\"AWS_INSTANCE_PORT\": \"8080\"");

    public async Task<string> AddAsync(string service, string attributes)
    {
        if (!services.TryGetValue(service, out string? id))
        {
            JsonElement made = await Moto.CloudMapAsync("CreateService",
                $$$"""{"Name": "{{{service}}}", "NamespaceId": "{{{space}}}", "HealthCheckCustomConfig": {"FailureThreshold": 1}}""");
            services[service] = id = made.GetProperty("Service").GetProperty("Id").GetString()!;
        }
        string name = string.Create(CultureInfo.InvariantCulture, $"i{++added}");
        attributesOf[$"{service}/{name}"] = new JsonObject { ["AWS_INSTANCE_IPV4"] = $"10.0.{added / 250}.{added % 250}" };
        foreach ((string key, JsonNode? value) in JsonNode.Parse($"{{{attributes}}}")!.AsObject())
        {
            attributesOf[$"{service}/{name}"][key] = value!.DeepClone();
        }
        await RegisterAsync($"{service}/{name}");
        return $"{service}/{name}";
    }

    /// <summary>An attribute is what others call a tag. moto adds what is registered again, instead of changing it.</summary>
    public override async Task TagAsync(string name, string key, string value)
    {
        attributesOf[name][key] = value;
        await RemoveAsync(name);
        await RegisterAsync(name);
    }

    public override Task RemoveAsync(string name) => Moto.CloudMapAsync("DeregisterInstance",
        $$"""{"ServiceId": "{{services[name.Split('/')[0]]}}", "InstanceId": "{{name.Split('/')[1]}}"}""");

    public override Task SetHealthAsync(string name, string status) => Moto.CloudMapAsync("UpdateInstanceCustomHealthStatus",
        $$"""{"ServiceId": "{{services[name.Split('/')[0]]}}", "InstanceId": "{{name.Split('/')[1]}}", "Status": "{{status}}"}""");

    private Task<JsonElement> RegisterAsync(string name) => Moto.CloudMapAsync("RegisterInstance", new JsonObject
    {
        ["ServiceId"] = services[name.Split('/')[0]], ["InstanceId"] = name.Split('/')[1], ["Attributes"] = attributesOf[name].DeepClone(),
    }.ToJsonString());

    internal override IInstanceRegistry Create(AwsClient client) =>
        new CloudMapRegistry(new CloudMapSettings { Access = Moto.Access }, client, Rest, TimeProvider.System) { PageSize = HasLargePages ? 100 : 1 };
}
