using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Consul.Objects;
using ControlPlane.Adapters.Consul.Watching;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Consul;

/// <summary>Makes an instance of what Consul says of it.</summary>
internal static class InstanceTranslator
{
    private static readonly string[] RegionNames = ["region", "topology.kubernetes.io/region", "topology-region", "aws-region"];
    private static readonly string[] ZoneNames = ["zone", "availability-zone", "availability_zone", "topology.kubernetes.io/zone", "topology-zone"];

    /// <summary>Whether it is a service of its own: proxies and gateways of Consul's mesh stand for others, and the servers are nobody's business.</summary>
    public static bool IsService(HealthEntry entry) => string.IsNullOrEmpty(entry.Service!.Kind) && entry.Service.Service != ServiceReader.Servers;

    public static Instance Translate(HealthEntry entry)
    {
        ConsulNode node = entry.Node!;
        ConsulService service = entry.Service!;
        (Health health, int weight) = HealthOf(entry.Checks ?? [], service.Weights ?? new ConsulWeights());
        return new Instance
        {
            Id = $"{node.Node}/{service.ID}",
            Service = service.Service,
            Address = string.IsNullOrEmpty(service.Address) ? node.Address ?? "" : service.Address,
            Ports = service.Port > 0 ? [new InstancePort(service.Port, "", ProtocolOf(service))] : [],
            Health = health,
            Weight = Math.Clamp(weight, 1, 10_000),
            Locality = new Locality(Find(node.Meta, RegionNames), Find(node.Meta, ZoneNames)),
            Attributes = new InstanceAttributes(AttributesOf(node, service)),
        };
    }

    // As Consul's own DNS: what is critical gets nothing, a warning another weight. With a weight of 0 that is nothing, too.
    private static (Health Health, int Weight) HealthOf(List<ConsulCheck> checks, ConsulWeights weights) =>
        checks.Any(check => check is { CheckID: "_node_maintenance", Status: "critical" } || (check.Status == "critical" && check.CheckID.StartsWith("_service_maintenance", StringComparison.Ordinal)))
            ? (Health.Draining, weights.Passing)
        : checks.Any(check => check.Status == "critical") ? (Health.Unhealthy, weights.Passing)
        : checks.Any(check => check.Status == "warning") ? (weights.Warning > 0 ? Health.Degraded : Health.Unhealthy, weights.Warning)
        : (Health.Healthy, weights.Passing);

    private static Protocol? ProtocolOf(ConsulService service)
    {
        IEnumerable<string> words = (service.Tags ?? []).Prepend(service.Meta?.GetValueOrDefault("protocol") ?? "");
        foreach (string word in words)
        {
            if (word is "tcp")
            {
                return Protocol.Tcp;
            }
            if (PortProtocol.Of(null, word) is var protocol && protocol != Protocol.Tcp && !word.Contains('-', StringComparison.Ordinal))
            {
                return protocol;
            }
        }
        return null;
    }

    private static IEnumerable<KeyValuePair<string, string>> AttributesOf(ConsulNode node, ConsulService service)
    {
        foreach (string tag in service.Tags ?? [])
        {
            int equals = tag.IndexOf('=', StringComparison.Ordinal);
            yield return equals > 0 ? new($"tag.{tag[..equals]}", tag[(equals + 1)..]) : new($"tag.{tag}", "true");
        }
        foreach ((string name, string value) in service.Meta ?? [])
        {
            yield return new($"meta.{name}", value);
        }
        foreach ((string name, string value) in node.Meta ?? [])
        {
            yield return new($"node.{name}", value);
        }
        yield return new("node", node.Node);
        yield return new("datacenter", node.Datacenter ?? "");
    }

    private static string Find(Dictionary<string, string>? meta, string[] names)
    {
        foreach (string name in meta is null ? [] : names)
        {
            if (meta!.TryGetValue(name, out string? value) && value.Length > 0)
            {
                return value;
            }
        }
        return "";
    }
}
