using System.Globalization;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Adapters.CloudFoundry.Apps;

/// <summary>Instances as the Cloud Controller alone knows them: the address of the cell, and the port that it has for the container's.</summary>
internal static class AppInstances
{
    // Of the server behind cf ssh, which containers have beside the app.
    private const int SshPort = 2222;

    /// <param name="problems">Of instances that are left out.</param>
    public static IEnumerable<Instance> Of(App app, List<Problem> problems)
    {
        if (!app.IsStarted)
        {
            yield break;
        }
        foreach (AppInstance container in app.Instances)
        {
            // One that crashed or waits for a place has no address.
            if (container.Host.Length == 0 && !container.IsPlaced)
            {
                continue;
            }
            string id = app.Workload(container.ProcessType, container.Index.ToString(CultureInfo.InvariantCulture));
            ContainerPort[] wanted = Wanted(app, container);
            ContainerPort[] open = [.. wanted.Where(port => port.External > 0)];
            if (wanted.Length == 0 && !app.PortsOf(container.ProcessType).Any())
            {
                // A worker listens nowhere.
                continue;
            }
            if (container.Host.Length == 0 || wanted.Length == 0)
            {
                problems.Add(new Problem(id, "host", "the Cloud Controller does not say where it listens: the instance is left out"));
                continue;
            }
            if (open.Length == 0)
            {
                problems.Add(new Problem(id, "instance_ports", TlsOnly(wanted.Max(port => port.Tls))));
                continue;
            }
            yield return new Instance
            {
                Id = id,
                Service = app.Service(container.ProcessType),
                Namespace = app.Space,
                Address = container.Host,
                Ports = open.Select(port => Port(app, container, port, open.Length > 1)).ToValueList(),
                Attributes = new InstanceAttributes([.. app.Attributes, new("process", container.ProcessType), .. Said("instance", container.Guid), .. Said("isolationSegment", container.IsolationSegment)]),
                Health = container.Health,
            };
        }
    }

    /// <summary>While an app is deployed anew, old and new containers have the same numbers: then their addresses tell them apart.</summary>
    public static ValueList<Instance> ToldApart(IEnumerable<Instance> instances) => instances.GroupBy(instance => instance.Id, StringComparer.Ordinal)
        .SelectMany(same => same.Count() == 1 ? same : same.Select(instance => instance with { Id = string.Create(CultureInfo.InvariantCulture, $"{instance.Id}@{instance.Address}:{instance.Ports[0].Number}") }))
        .ToValueList();

    /// <summary>An attribute, unless nothing is said.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Said(string name, string value) => value.Length > 0 ? [new(name, value)] : [];

    /// <summary>What is wrong where a container is open by TLS only.</summary>
    public static string TlsOnly(int port) => string.Create(CultureInfo.InvariantCulture,
        $"only its TLS port{(port > 0 ? $" {port}" : "")} is open, which wants the foundation's own certificates: the instance is left out; let the cells map plain ports, too (enable_unproxied_port_mappings)");

    // Those that routes lead to; without any, what is open beside ssh. A port comes once for each proxy before it.
    private static ContainerPort[] Wanted(App app, AppInstance container)
    {
        HashSet<int> routed = [.. app.PortsOf(container.ProcessType).Select(port => port.Number)];
        return
        [
            .. container.Ports.Where(port => routed.Count > 0 ? routed.Contains(port.Internal) : port.Internal != SshPort)
                .GroupBy(port => port.Internal).Select(same => same.MaxBy(port => (port.External, port.Tls))!).OrderBy(port => port.Internal),
        ];
    }

    private static InstancePort Port(App app, AppInstance container, ContainerPort port, bool isOneOfSeveral)
    {
        Protocol? protocol = app.PortsOf(container.ProcessType).FirstOrDefault(routed => routed.Number == port.Internal)?.Protocol;
        // A port of a cell is another for each instance: what callers use is that of the container, but where HTTP has its usual one.
        bool isUsual = !isOneOfSeveral && protocol is { } known && known.IsHttp();
        return new InstancePort(port.External, "", protocol, isUsual ? 0 : port.Internal);
    }
}
