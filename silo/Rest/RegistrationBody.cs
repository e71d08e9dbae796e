using System.Net;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Model;
using ControlPlane.Model.Registrations;

namespace ControlPlane.Silo.Rest;

/// <summary>What a workload says of itself when it registers.</summary>
/// <param name="Namespace">Null: <c>default</c>.</param>
/// <param name="Cluster">The Cluster object's name.</param>
/// <param name="Health">Null: healthy.</param>
/// <param name="Weight">1 to 10,000; null: 1.</param>
/// <param name="LeaseSeconds">How long it counts without being renewed, 3 to 3,600; null: 30.</param>
public sealed record RegistrationBody(
    string? Service, string? Namespace, string? Cluster, string? Address, IReadOnlyList<RegistrationBody.Port>? Ports, Health? Health, int? Weight,
    RegistrationBody.Place? Locality, string? Identity, int? LeaseSeconds, bool? Draining)
{
    public const int DefaultLeaseSeconds = 30;

    /// <param name="Number">Where the workload listens, 1 to 65535.</param>
    /// <param name="ServicePort">The port that callers use; null: 80 for HTTP, else the workload's own.</param>
    /// <param name="Protocol">Null: tcp.</param>
    public sealed record Port([property: System.Text.Json.Serialization.JsonPropertyName("port")] int Number, int? ServicePort, Protocol? Protocol);

    public sealed record Place(string? Region, string? Zone, string? SubZone);

    /// <summary>The registration, or what is wrong with the fields.</summary>
    public Registration? Read(string id, Dictionary<string, string[]> errors)
    {
        void Check(string field, string? wrong, string? found)
        {
            if (wrong is not null)
            {
                errors[field] = [$"{wrong}; found '{found}'"];
            }
        }
        Check("id", id.Length <= 253 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':') ? null : "expected letters, digits, '-', '_', '.', ':' and '/'", id);
        Check("service", Names.Label(Service ?? ""), Service);
        Check("namespace", Names.Label(Namespace ?? "default"), Namespace);
        Check("cluster", Names.Label(Cluster ?? ""), Cluster);
        Check("address", Names.Address(Address ?? ""), Address);
        Check("ports", Ports is { Count: > 0 } ? null : "expected at least one, such as {\"port\": 8080, \"servicePort\": 80, \"protocol\": \"http\"}", "");
        foreach ((int index, Port port) in (Ports ?? []).Index())
        {
            Check($"ports[{index}].port", port.Number is >= 1 and <= 65535 ? null : "expected 1 to 65535", $"{port.Number}");
            Check($"ports[{index}].servicePort", port.ServicePort is null or (>= 1 and <= 65535) ? null : "expected 1 to 65535", $"{port.ServicePort}");
        }
        Check("weight", Weight is null or (>= 1 and <= 10_000) ? null : "expected 1 to 10000", $"{Weight}");
        Check("leaseSeconds", LeaseSeconds is null or (>= 3 and <= 3600) ? null : "expected 3 to 3600", $"{LeaseSeconds}");
        Check("identity", Identity is null ? null : Names.Identity(Identity), Identity);
        return errors.Count > 0 ? null : new Registration
        {
            Id = id,
            Service = Service!,
            Namespace = Namespace ?? "default",
            Cluster = Cluster!,
            Address = IPAddress.Parse(Address!).ToString(),
            Ports = Ports!.Select(port => new RegisteredPort(
                port.Number, port.ServicePort ?? ((port.Protocol ?? Protocol.Tcp).IsHttp() ? 80 : port.Number), port.Protocol ?? Protocol.Tcp)).ToValueList(),
            Health = Health ?? Model.Health.Healthy,
            Weight = Weight ?? 1,
            Locality = new Locality(Locality?.Region ?? "", Locality?.Zone ?? "", Locality?.SubZone ?? ""),
            Identity = Identity ?? "",
            LeaseSeconds = LeaseSeconds ?? DefaultLeaseSeconds,
            IsDraining = Draining ?? false,
        };
    }
}

/// <summary>What a workload says when it renews its lease.</summary>
/// <param name="Health">Null: as before.</param>
public sealed record HeartbeatBody(Health? Health);
