using System.Globalization;
using System.Net;
using System.Text;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Instances;

/// <summary>
/// Decides which services an instance serves, on which ports, and how. What stands on the instance itself, as a setting of our own, counts more than what
/// the registry says, and that more than the source's mapping.
/// </summary>
internal sealed class InstanceMapper
{
    private const string ServiceSetting = "service/";
    private readonly SourceMapping mapping;
    private readonly NameTemplate service;
    private readonly NameTemplate ns;

    public InstanceMapper(SourceMapping mapping)
    {
        this.mapping = mapping;
        service = NameTemplate.Parse(mapping.Service);
        ns = NameTemplate.Parse(mapping.Namespace);
    }

    /// <summary>All services that the instance serves; problems are noted.</summary>
    public IReadOnlyList<MappedInstance> Map(Instance instance, List<Problem> problems)
    {
        if (!IsSelected(instance))
        {
            return [];
        }
        var mapped = new List<MappedInstance>();
        bool isNamed = false;
        foreach ((string key, string value) in instance.Attributes.Own)
        {
            if (key.StartsWith(ServiceSetting, StringComparison.Ordinal))
            {
                isNamed = true;
                Add(instance, key[ServiceSetting.Length..], value, $"controlplane/{key}", mapped, problems);
            }
        }
        if (!isNamed)
        {
            Add(instance, instance.Attributes.Setting("service") ?? service.Apply(instance), instance.Attributes.Setting("ports"), "controlplane/ports", mapped, problems);
        }
        return mapped;
    }

    /// <summary>A name as DNS has labels: in lower case, with dashes for what may not stand in one.</summary>
    internal static string Clean(string name)
    {
        if (Names.Label(name) is null)
        {
            return name;
        }
        var clean = new StringBuilder(name.Length);
        foreach (char c in name.ToLowerInvariant())
        {
            clean.Append(char.IsAsciiLetterOrDigit(c) ? c : '-');
        }
        return clean.ToString().Trim('-');
    }

    private bool IsSelected(Instance instance)
    {
        foreach (Label wanted in mapping.Select)
        {
            if (!instance.Attributes.TryGet(wanted.Name, out string? value) || (wanted.Value != "*" && wanted.Value != value))
            {
                return false;
            }
        }
        return true;
    }

    private void Add(Instance instance, string? rawName, string? portText, string portField, List<MappedInstance> mapped, List<Problem> problems)
    {
        if (string.IsNullOrEmpty(rawName) || (instance.Attributes.Setting("namespace") ?? ns.Apply(instance)) is not { } rawNamespace)
        {
            // It has no name for us: not a service.
            return;
        }
        void Refuse(string field, string message) => problems.Add(new Problem(instance.Id, field, message));
        string name = Clean(rawName);
        string space = Clean(rawNamespace);
        if (Names.Label(name) is { } wrongName)
        {
            Refuse("service", $"{wrongName}; found '{name}'. Name it with controlplane/service, or by the mapping of the source");
            return;
        }
        if (Names.Label(space) is { } wrongNamespace)
        {
            Refuse("namespace", $"{wrongNamespace}; found '{space}'. Name it with controlplane/namespace, or by the mapping of the source");
            return;
        }
        if (!instance.Speaks.IsFunction() && !IPAddress.TryParse(instance.Address, out _))
        {
            Refuse("address", $"expected an IPv4 or IPv6 address, found '{instance.Address}': the instance is left out");
            return;
        }
        Protocol? own = null;
        if (instance.Attributes.Setting("protocol") is { } word && !PortSetting.TryProtocol(word, out own))
        {
            Refuse("controlplane/protocol", $"expected {string.Join(", ", Enum.GetNames<Protocol>()).ToLowerInvariant()}, found '{word}'");
        }
        IReadOnlyList<InstancePort> ports = instance.Ports.AsArray();
        if (!string.IsNullOrWhiteSpace(portText))
        {
            ports = PortSetting.Read(portText, ports is [var only] ? only.Number : null, out string? wrong);
            if (wrong is not null)
            {
                Refuse(portField, wrong);
            }
        }
        if (ports.Count == 0)
        {
            if (string.IsNullOrWhiteSpace(portText))
            {
                Refuse("", $"nothing says where it listens: set {portField}, such as '80=8080/http'");
            }
            return;
        }
        IReadOnlyList<InstancePort> inbound = [];
        if (instance.Attributes.Setting("inbound") is { } inboundText)
        {
            inbound = PortSetting.Read(inboundText, null, out string? wrong);
            if (wrong is not null)
            {
                Refuse("controlplane/inbound", wrong);
            }
        }
        mapped.Add(new MappedInstance(space, name, instance, WeightOf(instance, Refuse), [.. ports.Select(port => Map(port, own, ports.Count, inbound))])
        {
            HasSidecar = ports.All(port => inbound.Any(listener => listener.ServicePort == port.Number)),
        });
    }

    private MappedPort Map(InstancePort port, Protocol? own, int count, IReadOnlyList<InstancePort> inbound)
    {
        Protocol protocol = own ?? port.Protocol ?? Named(port.Name) ?? mapping.Protocol ?? Protocol.Tcp;
        int called = port.ServicePort > 0 ? port.ServicePort
            : count > 1 ? port.Number
            : mapping.Port ?? (protocol.IsHttp() ? 80 : port.Number);
        int reached = inbound.FirstOrDefault(listener => listener.ServicePort == port.Number)?.Number ?? port.Number;
        return new MappedPort(new ServicePort(count > 1 ? Clean(port.Name) : "", called, protocol), reached);
    }

    private static Protocol? Named(string name) => PortProtocol.Of(null, name) is var protocol && protocol != Protocol.Tcp ? protocol : null;

    private static int WeightOf(Instance instance, Action<string, string> refuse)
    {
        if (instance.Attributes.Setting("weight") is not { } text)
        {
            return instance.Weight;
        }
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int weight) && weight is >= 1 and <= EndpointDecoder.MaximumWeight)
        {
            return weight;
        }
        refuse("controlplane/weight", $"expected a whole number from 1 to {EndpointDecoder.MaximumWeight}, found '{text}'");
        return instance.Weight;
    }
}

/// <summary>An instance as one of the services that it serves.</summary>
internal sealed record MappedInstance(string Namespace, string Service, Instance Instance, int Weight, ValueList<MappedPort> Ports)
{
    /// <summary>Whether a sidecar listens for each of its ports. How it is spoken to is said of an endpoint, not of its ports.</summary>
    public bool HasSidecar { get; init; }
}

/// <summary>A port of a service, and the instance's port behind it.</summary>
internal sealed record MappedPort(ServicePort Port, int Target);
