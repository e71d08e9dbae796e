using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Http;

/// <summary>Makes instances of what a source's server wrote. One that is wrong is left out and said; the others count.</summary>
internal static class InstanceReader
{
    /// <summary>The instance, or null after a problem.</summary>
    public static Instance? Read(InstanceObject written, List<Problem> problems)
    {
        int before = problems.Count;
        void Refuse(string field, string message) => problems.Add(new Problem(written.Id, field, message));
        if (written.Id.Length == 0)
        {
            Refuse("id", "expected a text that no other instance has");
        }
        Health health = Health.Healthy;
        if (written.Health is { } word && (!Enum.TryParse(word, ignoreCase: true, out health) || !Enum.IsDefined(health) || char.IsDigit(word[0])))
        {
            Refuse("health", $"expected {string.Join(", ", Enum.GetNames<Health>()).ToLowerInvariant()}, found '{word}'");
        }
        if (written.Weight is < 1 or > 10_000)
        {
            Refuse("weight", $"expected a whole number from 1 to 10000, found {written.Weight}");
        }
        InstancePort[] ports = [.. (written.Ports ?? []).Select(port => Port(port, Refuse))];
        return problems.Count > before ? null : new Instance
        {
            Id = written.Id,
            Address = written.Address,
            Service = written.Service ?? "",
            Namespace = written.Namespace ?? "",
            Ports = ports.ToValueList(),
            Health = health,
            Weight = written.Weight ?? 1,
            Locality = new Locality(written.Locality?.Region ?? "", written.Locality?.Zone ?? "", written.Locality?.SubZone ?? ""),
            Cluster = written.Cluster ?? "",
            Identity = written.Identity ?? "",
            Attributes = new InstanceAttributes(written.Attributes ?? []),
        };
    }

    private static InstancePort Port(PortObject port, Action<string, string> refuse)
    {
        if (port.Port is < 1 or > 65535 || port.ServicePort is < 1 or > 65535)
        {
            refuse("ports", $"expected ports from 1 to 65535, found {(port.Port is < 1 or > 65535 ? port.Port : port.ServicePort)}");
        }
        Protocol? protocol = null;
        if (port.Protocol is { Length: > 0 } word)
        {
            if (PortProtocol.Words.TryGetValue(word, out Protocol known))
            {
                protocol = known;
            }
            else
            {
                refuse("ports.protocol", $"expected {string.Join(", ", Enum.GetNames<Protocol>()).ToLowerInvariant()}, found '{word}'");
            }
        }
        return new InstancePort(port.Port, port.Name ?? "", protocol, port.ServicePort ?? 0);
    }
}
