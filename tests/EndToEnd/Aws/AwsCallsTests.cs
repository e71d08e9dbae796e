using System.Globalization;
using ControlPlane.Adapters;
using ControlPlane.Adapters.Aws.Client;
using ControlPlane.Adapters.CloudMap;
using ControlPlane.Adapters.Ec2;
using ControlPlane.Adapters.Ecs;
using ControlPlane.Adapters.Ecs.Api;
using ControlPlane.Adapters.Instances;
using ControlPlane.Adapters.Lambda;
using ControlPlane.Model.Configuration;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Sources;

namespace ControlPlane.Tests.EndToEnd.Aws;

/// <summary>How many requests a reading of each source takes, with ten services of ten instances: what docs/sources/aws.md says of a minute follows from it.</summary>
public sealed class AwsCallsTests
{
    private const int Services = 10;
    private const int Instances = 10;

    [Theory]
    [InlineData("ecs", "DescribeServices 1, DescribeTaskDefinition 1, DescribeTasks 1, ListClusters 1, ListServices 1, ListTasks 2")]
    [InlineData("ec2", "DescribeInstanceStatus 1, DescribeInstances 1")]
    [InlineData("lambda", "GetFunctionConfiguration 10, ListFunctions 1, ListTags 10")]
    [InlineData("cloudMap", "GetInstancesHealthStatus 10, ListInstances 10, ListNamespaces 1, ListServices 1")]
    public async Task Reading_TakesSoManyRequests(string name, string expected)
    {
        await using MotoServer moto = await MotoServer.StartAsync();
        AwsWorld world = await AwsWorlds.CreateAsync(name, moto);
        foreach (int service in Enumerable.Range(0, Services))
        {
            foreach (int _ in Enumerable.Range(0, name == "lambda" ? 1 : Instances))
            {
                await world.AddAsync(string.Create(CultureInfo.InvariantCulture, $"cart-{service}"));
            }
            if (name == "ecs")
            {
                await moto.EcsAsync("CreateService", string.Create(
                    CultureInfo.InvariantCulture, $$"""{"cluster": "shop", "serviceName": "cart-{{service}}", "taskDefinition": "web-app", "desiredCount": 10}"""));
            }
        }
        var calls = new RecordedCalls();
        // It is not read a second time.
        var rest = TimeSpan.FromHours(1);
        using AwsClient client = moto.Connect(calls);
        await using WatchedSource source = AwsWorld.Watch(Registry(name, moto, client, rest), SourceMapping.Default);
        await source.LiveAsync();

        string.Join(", ", calls.All.GroupBy(call => call.Operation.Split(':')[1]).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Key} {group.Count()}"))).ShouldBe(expected);
    }

    // With the sizes of pages that the sources have.
    private static IInstanceRegistry Registry(string name, MotoServer moto, AwsClient client, TimeSpan rest) => name switch
    {
        "ecs" => new EcsRegistry(new EcsSettings { Access = moto.Access }, new EcsApi(client), rest, TimeProvider.System),
        "ec2" => new Ec2Registry(new Ec2Settings { Access = moto.Access }, client, rest, TimeProvider.System),
        "lambda" => new LambdaRegistry(new LambdaSettings { Access = moto.Access }, false, new LambdaApi(client), rest, TimeProvider.System),
        _ => new CloudMapRegistry(new CloudMapSettings { Access = moto.Access }, client, rest, TimeProvider.System),
    };
}
