using System.Text.Json.Serialization.Metadata;
using ControlPlane.Adapters.Consul.Objects;

namespace ControlPlane.Adapters.Consul.Client;

/// <summary>Something to ask Consul.</summary>
/// <param name="Operation">Its name in the API's reference.</param>
/// <param name="Path">Under <c>/v1/</c>.</param>
/// <param name="Filter">An expression that what is answered has to fit; null: all.</param>
internal sealed record ConsulRequest<T>(string Operation, string Path, JsonTypeInfo<T> Type, string? Filter = null);

internal static class ConsulRequest
{
    /// <summary>The names of all services, with their tags.</summary>
    public static ConsulRequest<Dictionary<string, string[]?>> Services { get; } =
        new("catalog/services", "catalog/services", ConsulJson.Default.DictionaryStringStringArray);

    /// <summary>No check, but the index of all.</summary>
    public static ConsulRequest<Nothing[]> AnyCheck { get; } = new("health/state", "health/state/any", ConsulJson.Default.NothingArray, "CheckID == \"\"");

    /// <summary>No node, but the index of all.</summary>
    public static ConsulRequest<Nothing[]> AnyNode { get; } = new("catalog/nodes", "catalog/nodes", ConsulJson.Default.NothingArray, "Node == \"\"");

    /// <summary>All instances of a service, with their checks.</summary>
    public static ConsulRequest<HealthEntry[]> Health(string service) => new("health/service", HealthPath(service), ConsulJson.Default.HealthEntryArray);

    /// <summary>No instance of a service, but its index.</summary>
    public static ConsulRequest<Nothing[]> HealthIndex(string service) =>
        new("health/service", HealthPath(service), ConsulJson.Default.NothingArray, "Service.ID == \"\"");

    private static string HealthPath(string service) => $"health/service/{Uri.EscapeDataString(service)}";
}
