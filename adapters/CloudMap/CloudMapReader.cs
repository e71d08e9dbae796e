using System.Globalization;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Adapters.CloudMap;

/// <summary>Makes an instance of one of Cloud Map's: its attributes say where it is.</summary>
internal static class CloudMapReader
{
    /// <returns>Null: it is left out, and a problem says why, where there is one.</returns>
    public static Instance? Read(
        CloudMapSettings settings, CloudMapNamespace space, CloudMapService service, CloudMapInstance instance, string? health, List<Problem> problems)
    {
        IReadOnlyDictionary<string, string> attributes = instance.Attributes ?? new Dictionary<string, string>();
        string id = $"{space.Name}/{service.Name}/{instance.Id}";
        if (!settings.IncludesEcs && attributes.ContainsKey("ECS_SERVICE_NAME"))
        {
            return null;
        }
        string? address = attributes.GetValueOrDefault("AWS_INSTANCE_IPV4") ?? attributes.GetValueOrDefault("AWS_INSTANCE_IPV6");
        if (address is null)
        {
            string instead = string.Join(", ", attributes.Keys.Where(name => name.StartsWith("AWS_", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
            problems.Add(new Problem(id, "AWS_INSTANCE_IPV4",
                $"expected an IP address, found {(instead.Length > 0 ? instead : "none")}: instances that are known by a DNS name only are not supported, register their addresses"));
            return null;
        }
        return new Instance
        {
            Id = id,
            Service = service.Name,
            Namespace = space.Name,
            Address = address,
            Ports = int.TryParse(attributes.GetValueOrDefault("AWS_INSTANCE_PORT"), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
                ? [new InstancePort(port)]
                : [],
            Attributes = new InstanceAttributes(attributes.Select(pair => new KeyValuePair<string, string>($"attribute.{pair.Key}", pair.Value))),
            Health = health switch
            {
                "HEALTHY" => Health.Healthy,
                "UNHEALTHY" => Health.Unhealthy,
                _ => Health.Unknown,
            },
            Locality = new Locality(attributes.GetValueOrDefault("REGION") ?? settings.Access.Region, attributes.GetValueOrDefault("AVAILABILITY_ZONE") ?? ""),
        };
    }
}
