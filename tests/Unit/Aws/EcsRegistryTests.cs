using ControlPlane.Adapters.Ecs;
using ControlPlane.Adapters.Ecs.Api;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Tests.Unit.Aws;

/// <summary>What tasks become, by the shapes that the API of ECS documents.</summary>
public sealed class EcsRegistryTests
{
    private readonly AnsweringAws aws = new();

    public EcsRegistryTests()
    {
        aws.Answers["ListServices"] = """{"serviceArns": ["arn:aws:ecs:eu-west-1:1:service/shop/cart"]}""";
        aws.Answers["DescribeServices"] = """{"services": [{"serviceName": "cart"}]}""";
        aws.Answers["DescribeContainerInstances"] = """{"containerInstances": [{"containerInstanceArn": "machine-1", "ec2InstanceId": "i-1"}]}""";
        aws.Answers["DescribeInstances"] = """
            <DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><privateIpAddress>10.1.0.1</privateIpAddress></item></instancesSet></item></reservationSet></DescribeInstancesResponse>
            """;
    }

    [Fact]
    public async Task BridgeNetwork_IsReachedByTheMachineAndItsPort()
    {
        Define("bridge", """{"containerPort": 8080, "hostPort": 0, "name": "web", "appProtocol": "http"}, {"containerPort": 9000, "hostPort": 9500}, {"containerPort": 53, "protocol": "udp"}""");
        Tasks(Machine("t1", """[{"containerPort": 8080, "hostPort": 32768, "protocol": "tcp"}]"""), Machine("t2", """[{"containerPort": 8080, "hostPort": 32769, "protocol": "tcp"}]"""));

        Dictionary<string, Instance> tasks = await ReadAsync();

        // Both are on one machine, and differ by their ports.
        (tasks["t1"].Address, tasks["t2"].Address).ShouldBe(("10.1.0.1", "10.1.0.1"));
        tasks["t1"].Ports.ShouldBe([new InstancePort(32768, "web", Protocol.Http), new InstancePort(9500)]);
        tasks["t2"].Ports[0].Number.ShouldBe(32769);
    }

    [Fact]
    public async Task BridgeNetwork_WithoutAPortOfTheMachineYet_HasNone()
    {
        Define("bridge", """{"containerPort": 8080, "hostPort": 0}""");
        Tasks(Machine("t1", "[]", lastStatus: "PENDING"));

        Dictionary<string, Instance> tasks = await ReadAsync();

        (tasks["t1"].Ports.Count, tasks["t1"].Health).ShouldBe((0, Health.Unhealthy));
    }

    [Fact]
    public async Task HostNetwork_IsReachedByTheMachineAndThePortOfTheContainer()
    {
        Define("host", """{"containerPort": 8080, "hostPort": 8080}""");
        Tasks(Machine("t1", "[]"));

        Instance task = (await ReadAsync())["t1"];

        (task.Address, task.Ports[0].Number, task.Identity, task.Namespace, task.Service).ShouldBe(("10.1.0.1", 8080, "cart-role", "shop", "cart"));
    }

    [Fact]
    public async Task Machine_WhoseAddressIsNotKnown_HasNoTask()
    {
        Define("host", """{"containerPort": 8080}""");
        Tasks(Machine("t1", "[]"));
        aws.Answers["DescribeInstances"] = "<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>";

        (await ReadAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("RUNNING", "RUNNING", "HEALTHY", Health.Healthy)]
    [InlineData("RUNNING", "RUNNING", "UNKNOWN", Health.Unknown)]
    [InlineData("RUNNING", "RUNNING", "UNHEALTHY", Health.Unhealthy)]
    [InlineData("ACTIVATING", "RUNNING", "UNKNOWN", Health.Unhealthy)]
    [InlineData("RUNNING", "STOPPED", "HEALTHY", Health.Draining)]
    [InlineData("DEACTIVATING", "STOPPED", "HEALTHY", Health.Draining)]
    [InlineData("DEPROVISIONING", "STOPPED", "UNKNOWN", Health.Draining)]
    public async Task Status_IsHealth(string last, string desired, string checks, Health expected)
    {
        Define("awsvpc", """{"containerPort": 8080}""");
        Tasks(Own("t1", "10.0.0.1", 1, last, desired, checks));

        (await ReadAsync())["t1"].Health.ShouldBe(expected);
    }

    [Fact]
    public async Task Task_ThatHasStopped_IsGone()
    {
        Define("awsvpc", """{"containerPort": 8080}""");
        Tasks(Own("t1", "10.0.0.1", 1, "STOPPED", "STOPPED"), Own("t2", "10.0.0.2", 1));

        (await ReadAsync()).Keys.ShouldBe(["t2"]);
    }

    [Fact]
    public async Task ServiceConnect_GivesThePortThatIsCalled()
    {
        aws.Answers["DescribeServices"] = """
            {"services": [{"serviceName": "cart", "deployments": [
             {"status": "ACTIVE", "serviceConnectConfiguration": {"services": [{"portName": "web", "clientAliases": [{"port": 1}]}]}},
             {"status": "PRIMARY", "serviceConnectConfiguration": {"services": [{"portName": "admin", "clientAliases": [{"port": 2}]}, {"portName": "web", "clientAliases": [{"port": 8888}]}]}}]}]}
            """;
        Define("awsvpc", """{"containerPort": 8080, "name": "web", "appProtocol": "grpc"}, {"containerPort": 9090, "name": "metrics"}""");
        Tasks(Own("t1", "10.0.0.1", 1));

        (await ReadAsync())["t1"].Ports.ShouldBe([new InstancePort(8080, "web", Protocol.Grpc, 8888), new InstancePort(9090, "metrics")]);
    }

    [Fact]
    public async Task Address_OfTwoTasks_IsThatOfTheNewestThatRuns()
    {
        Define("awsvpc", """{"containerPort": 8080}""");
        Tasks(Own("old", "10.0.0.1", 100), Own("new", "10.0.0.1", 200), Own("ending", "10.0.0.1", 300, "DEACTIVATING", "STOPPED"), Own("other", "10.0.0.2", 50));

        (await ReadAsync()).Keys.Order().ShouldBe(["new", "other"]);
    }

    private async Task<Dictionary<string, Instance>> ReadAsync()
    {
        var settings = new EcsSettings { Access = AnsweringAws.Access, Clusters = ["arn:aws:ecs:eu-west-1:1:cluster/shop"] };
        using var registry = new EcsRegistry(settings, new EcsApi(aws.Client()), TimeSpan.FromHours(1), TimeProvider.System);
        return await AnsweringAws.ReadAsync(registry);
    }

    private void Define(string network, string ports) => aws.Answers["DescribeTaskDefinition"] = $$"""
        {"taskDefinition": {"taskDefinitionArn": "arn:aws:ecs:eu-west-1:1:task-definition/cart-app:7", "networkMode": "{{network}}", "taskRoleArn": "arn:aws:iam::1:role/cart-role",
         "containerDefinitions": [{"name": "main", "portMappings": [{{ports}}] }] } }
        """;

    private void Tasks(params string[] tasks)
    {
        aws.Answers["ListTasks"] = """{"taskArns": ["x"]}""";
        aws.Answers["DescribeTasks"] = $$"""{"tasks": [{{string.Join(", ", tasks)}}]}""";
    }

    private static string Own(string name, string address, int created, string last = "RUNNING", string desired = "RUNNING", string checks = "HEALTHY") => Task(name, created, last, desired, $$"""
        "healthStatus": "{{checks}}", "launchType": "FARGATE", "attachments": [{"details": [{"name": "privateIPv4Address", "value": "{{address}}"}] }]
        """);

    private static string Machine(string name, string bindings, string lastStatus = "RUNNING") => Task(name, 1, lastStatus, "RUNNING", $$"""
        "launchType": "EC2", "containerInstanceArn": "machine-1", "containers": [{"name": "main", "networkBindings": {{bindings}}}]
        """);

    private static string Task(string name, int created, string last, string desired, string more) => $$"""
        {"taskArn": "arn:aws:ecs:eu-west-1:1:task/shop/{{name}}", "taskDefinitionArn": "arn:aws:ecs:eu-west-1:1:task-definition/cart-app:7", "group": "service:cart",
         "createdAt": {{created}}.5, "lastStatus": "{{last}}", "desiredStatus": "{{desired}}", {{more}}}
        """;
}
