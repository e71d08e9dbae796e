using System.Diagnostics.CodeAnalysis;

namespace ControlPlane.Model;

/// <summary>The name of a service: a namespaced name in a mesh. Written <c>mesh/namespace/name</c>.</summary>
[GenerateSerializer, Immutable, Alias("cp.ServiceId")]
public readonly record struct ServiceId(
    [property: Id(0)] string Mesh,
    [property: Id(1)] string Namespace,
    [property: Id(2)] string Name) : IComparable<ServiceId>
{
    public override string ToString() => $"{Mesh}/{Namespace}/{Name}";

    /// <summary>Reads <c>mesh/namespace/name</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ServiceId id)
    {
        string[] parts = text?.Split('/') ?? [];
        bool valid = parts.Length == 3 && parts.All(part => part.Length > 0);
        id = valid ? new ServiceId(parts[0], parts[1], parts[2]) : default;
        return valid;
    }

    /// <exception cref="FormatException">The text is not <c>mesh/namespace/name</c>.</exception>
    public static ServiceId Parse(string text) =>
        TryParse(text, out ServiceId id) ? id : throw new FormatException($"'{text}' is not mesh/namespace/name");

    public int CompareTo(ServiceId other)
    {
        int result = string.CompareOrdinal(Mesh, other.Mesh);
        result = result != 0 ? result : string.CompareOrdinal(Namespace, other.Namespace);
        return result != 0 ? result : string.CompareOrdinal(Name, other.Name);
    }

    public static bool operator <(ServiceId left, ServiceId right) => left.CompareTo(right) < 0;

    public static bool operator >(ServiceId left, ServiceId right) => left.CompareTo(right) > 0;

    public static bool operator <=(ServiceId left, ServiceId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ServiceId left, ServiceId right) => left.CompareTo(right) >= 0;
}
