using ControlPlane.Adapters.Ecs.Api;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Ecs;

/// <summary>Where a task listens: on the ports of its containers, or on those of the machine that lead to them.</summary>
internal static class TaskPorts
{
    public static ValueList<InstancePort> Read(EcsTask task, TaskDefinition definition, EcsService? service)
    {
        var ports = new List<InstancePort>();
        foreach (ContainerDefinition container in definition.ContainerDefinitions ?? [])
        {
            foreach (PortMapping mapping in (container.PortMappings ?? []).Where(mapping => mapping.Protocol is null or "tcp"))
            {
                if (mapping.ContainerPort is { } inside && Outside(task, definition, container, mapping, inside) is { } outside)
                {
                    ports.Add(new InstancePort(outside, mapping.Name ?? "", ProtocolOf(mapping.AppProtocol), Alias(service, mapping.Name)));
                }
            }
        }
        return ports.ToValueList();
    }

    /// <summary>Null: the machine has not given a port yet.</summary>
    private static int? Outside(EcsTask task, TaskDefinition definition, ContainerDefinition container, PortMapping mapping, int inside) =>
        definition.NetworkMode is "awsvpc" or "host"
            ? inside
            : (task.Containers ?? []).FirstOrDefault(running => running.Name == container.Name)?.NetworkBindings?
                .FirstOrDefault(binding => binding.ContainerPort == inside && binding.Protocol is null or "tcp")?.HostPort
                ?? (mapping.HostPort > 0 ? mapping.HostPort : null);

    private static Protocol? ProtocolOf(string? name) => name switch
    {
        "http" => Protocol.Http,
        "http2" => Protocol.Http2,
        "grpc" => Protocol.Grpc,
        _ => null,
    };

    /// <summary>The port that Service Connect gives to callers; 0: none.</summary>
    private static int Alias(EcsService? service, string? name) => name is null ? 0 :
        (service?.Deployments ?? []).Where(deployment => deployment.Status == "PRIMARY")
            .SelectMany(deployment => deployment.ServiceConnectConfiguration?.Services ?? [])
            .Where(port => port.PortName == name)
            .SelectMany(port => port.ClientAliases ?? [])
            .FirstOrDefault()?.Port ?? 0;
}
