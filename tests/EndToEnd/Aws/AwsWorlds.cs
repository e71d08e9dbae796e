using System.Globalization;
using System.Text.Json;
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

    public override async Task<string> AddAsync(string service)
    {
        JsonElement answer = await Moto.EcsAsync("RunTask", $$$"""
            {"cluster": "shop", "taskDefinition": "web-app", "launchType": "FARGATE", "group": "service:{{{service}}}", "tags": [{"key": "team", "value": "a"}],
             "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["{{{Subnet}}}"], "securityGroups": ["sg-1"] } } }
            """);
        return answer.GetProperty("tasks")[0].GetProperty("taskArn").GetString()!;
    }

    public override Task RemoveAsync(string name) => Moto.EcsAsync("StopTask", $$"""{"cluster": "shop", "task": "{{name}}"}""");

    internal override IInstanceRegistry Create(AwsClient client) =>
        new EcsRegistry(new EcsSettings { Access = Moto.Access }, new EcsApi(client) { PageSize = 1 }, Rest, TimeProvider.System);
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

    public override Task RemoveAsync(string name) => Moto.Ec2Async("TerminateInstances", ("InstanceId.1", name));

    internal override IInstanceRegistry Create(AwsClient client) =>
        new Ec2Registry(new Ec2Settings { Access = Moto.Access }, client, Rest, TimeProvider.System) { PageSize = 5 };
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

    public override Task RemoveAsync(string name) => Moto.LambdaAsync(HttpMethod.Delete, $"/2015-03-31/functions/{name}");

    internal override IInstanceRegistry Create(AwsClient client) =>
        new LambdaRegistry(new LambdaSettings { Access = Moto.Access }, false, new LambdaApi(client) { PageSize = "1" }, Rest, TimeProvider.System);
}

internal sealed class CloudMapWorld(MotoServer moto) : AwsWorld(moto)
{
    private readonly Dictionary<string, string> services = [];
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
        await Moto.CloudMapAsync("RegisterInstance",
            $$$"""{"ServiceId": "{{{id}}}", "InstanceId": "{{{name}}}", "Attributes": {"AWS_INSTANCE_IPV4": "10.0.0.{{{added}}}", {{{attributes}}}}}""");
        return $"{service}/{name}";
    }

    public override Task RemoveAsync(string name) => Moto.CloudMapAsync("DeregisterInstance",
        $$"""{"ServiceId": "{{services[name.Split('/')[0]]}}", "InstanceId": "{{name.Split('/')[1]}}"}""");

    public Task SetHealthAsync(string name, string status) => Moto.CloudMapAsync("UpdateInstanceCustomHealthStatus",
        $$"""{"ServiceId": "{{services[name.Split('/')[0]]}}", "InstanceId": "{{name.Split('/')[1]}}", "Status": "{{status}}"}""");

    internal override IInstanceRegistry Create(AwsClient client) =>
        new CloudMapRegistry(new CloudMapSettings { Access = Moto.Access }, client, Rest, TimeProvider.System) { PageSize = 1 };
}
