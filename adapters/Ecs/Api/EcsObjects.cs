using System.Text.Json;

namespace ControlPlane.Adapters.Ecs.Api;

/// <summary>Requests of all operations that are used: each takes its own fields.</summary>
internal sealed record EcsRequest
{
    public string? Cluster { get; init; }

    public int? MaxResults { get; init; }

    public string? NextToken { get; init; }

    public string? DesiredStatus { get; init; }

    public IReadOnlyList<string>? Tasks { get; init; }

    public IReadOnlyList<string>? Services { get; init; }

    public IReadOnlyList<string>? ContainerInstances { get; init; }

    public string? TaskDefinition { get; init; }

    public IReadOnlyList<string>? Include { get; init; }
}

/// <summary>A page of any list: each has its own field.</summary>
internal sealed record ArnPage(
    IReadOnlyList<string>? ClusterArns, IReadOnlyList<string>? ServiceArns, IReadOnlyList<string>? TaskArns, string? NextToken);

internal sealed record TaskList(IReadOnlyList<EcsTask>? Tasks, IReadOnlyList<EcsFailure>? Failures);

internal sealed record ServiceList(IReadOnlyList<EcsService>? Services, IReadOnlyList<EcsFailure>? Failures);

internal sealed record ContainerInstanceList(IReadOnlyList<ContainerInstance>? ContainerInstances, IReadOnlyList<EcsFailure>? Failures);

internal sealed record TaskDefinitionAnswer(TaskDefinition TaskDefinition);

internal sealed record EcsFailure(string? Arn, string? Reason);

internal sealed record EcsTag(string Key, string? Value);

/// <param name="CreatedAt">A number of seconds; some servers that stand in for ECS write a text.</param>
internal sealed record EcsTask(
    string TaskArn,
    string TaskDefinitionArn,
    string? Group,
    string? LastStatus,
    string? DesiredStatus,
    string? HealthStatus,
    string? LaunchType,
    string? AvailabilityZone,
    string? ContainerInstanceArn,
    JsonElement? CreatedAt,
    IReadOnlyList<EcsAttachment>? Attachments,
    IReadOnlyList<EcsContainer>? Containers,
    IReadOnlyList<EcsTag>? Tags,
    EcsOverrides? Overrides);

internal sealed record EcsOverrides(string? TaskRoleArn);

internal sealed record EcsAttachment(IReadOnlyList<EcsDetail>? Details);

internal sealed record EcsDetail(string Name, string? Value);

internal sealed record EcsContainer(string? Name, IReadOnlyList<NetworkBinding>? NetworkBindings);

internal sealed record NetworkBinding(int? ContainerPort, int? HostPort, string? Protocol);

internal sealed record EcsService(string ServiceName, IReadOnlyList<EcsTag>? Tags, IReadOnlyList<EcsDeployment>? Deployments);

internal sealed record EcsDeployment(string? Status, ServiceConnect? ServiceConnectConfiguration);

internal sealed record ServiceConnect(IReadOnlyList<ServiceConnectPort>? Services);

internal sealed record ServiceConnectPort(string? PortName, IReadOnlyList<ClientAlias>? ClientAliases);

internal sealed record ClientAlias(int? Port);

internal sealed record ContainerInstance(string ContainerInstanceArn, string? Ec2InstanceId);

internal sealed record TaskDefinition(
    string TaskDefinitionArn, string? NetworkMode, string? TaskRoleArn, IReadOnlyList<ContainerDefinition>? ContainerDefinitions);

internal sealed record ContainerDefinition(string? Name, IReadOnlyList<PortMapping>? PortMappings);

internal sealed record PortMapping(int? ContainerPort, int? HostPort, string? Protocol, string? Name, string? AppProtocol);
