using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Adapters.Kubernetes.State;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Kubernetes.Translation;

/// <summary>Makes a service of a Service and its EndpointSlices, of a host name, or of what a cluster takes from others.</summary>
/// <param name="cluster">The cluster it is in.</param>
internal sealed class ServiceTranslator(Cluster cluster, IWorkloads workloads)
{
    // A host name says nothing of ports, and need not have any: HTTP is what is called by host name.
    private static readonly ServicePortSpec Http = new() { Name = "http", Port = 80 };

    /// <summary>Null: it has no port that can be served (UDP and SCTP are not).</summary>
    /// <param name="isLocal">Whether it is for callers of this cluster only.</param>
    public ServicePart? Translate(ServiceObject service, IReadOnlyCollection<SliceFacts> slices, bool isLocal)
    {
        if (service.Spec.IsExternalName)
        {
            ServicePart? name = Part("Service", service, service.Spec.Ports is { Count: > 0 } some ? Served(some) : [Http]);
            return service.Spec.ExternalName is { Length: > 0 } host && name is not null ? name with { ExternalName = host.TrimEnd('.').ToLowerInvariant() } : null;
        }
        ServicePortSpec[] ports = Served(service.Spec.Ports);
        return Part("Service", service, ports) is { } part
            ? part with
            {
                Endpoints = Endpoints(ports, AddressFamilies.OnePerPod(service, slices, workloads), service.Spec.IsHeadless, isLocal, DistributionOf(service) == TrafficDistribution.PreferSameNode),
                Distribution = DistributionOf(service),
            }
            : null;
    }

    /// <summary>The service as other clusters have it, without endpoints of its own. Null: it has no port that can be served.</summary>
    public ServicePart? Translate(ServiceImportObject import) =>
        Part("ServiceImport", import, Served(import.Spec.Ports)) is { } part ? part with { IsExported = true } : null;

    private static ServicePortSpec[] Served(IEnumerable<ServicePortSpec>? ports) => [.. (ports ?? []).Where(port => port.IsTcp)];

    private ServicePart? Part(string kind, IKubernetesObject item, ServicePortSpec[] ports) => ports.Length == 0 ? null : new ServicePart
    {
        Service = new ServiceId(cluster.Mesh, item.Metadata.Namespace, item.Metadata.Name),
        Ports = ports.Select(port => new ServicePort(port.Name ?? "", port.Port, PortProtocol.Of(port.AppProtocol, port.Name ?? ""))).ToValueList(),
        Labels = (item.Metadata.Labels ?? []).OrderBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => new Label(label.Key, label.Value)).ToValueList(),
        Origin = $"{kind} {item.Key()}",
    };

    private static TrafficDistribution? DistributionOf(ServiceObject service) => service.Spec.TrafficDistribution switch
    {
        "PreferSameZone" or "PreferClose" => TrafficDistribution.PreferSameZone,
        "PreferSameNode" => TrafficDistribution.PreferSameNode,
        _ => null,
    };

    private ValueList<Endpoint> Endpoints(ServicePortSpec[] ports, IEnumerable<(SliceFacts Slice, EndpointFacts Endpoint)> found, bool isHeadless, bool isLocal, bool isByNode)
    {
        var merge = new EndpointMerge();
        foreach ((SliceFacts slice, EndpointFacts endpoint) in found)
        {
            PodFacts? pod = workloads.Pod(endpoint.Pod);
            var targets = new int[ports.Length];
            bool isMtls = pod is not null;
            for (int i = 0; i < ports.Length; i++)
            {
                int target = slice.Ports is null ? ports[i].Port : slice.Ports.GetValueOrDefault(ports[i].Name ?? "");
                targets[i] = pod?.Reach(target) ?? target;
                // How it is spoken to is said of an endpoint, not of its ports.
                isMtls = isMtls && (target == 0 || pod!.HasSidecar(target));
            }
            if (targets.Any(target => target > 0))
            {
                merge.Add(Endpoint(endpoint, pod, isByNode) with
                {
                    IsLocal = isLocal, Hostname = isHeadless ? endpoint.Hostname : "", Speaks = isMtls ? Speaks.Mtls : Speaks.Plaintext,
                }, targets);
            }
        }
        return merge.ToEndpoints();
    }

    private Endpoint Endpoint(EndpointFacts endpoint, PodFacts? pod, bool isByNode) => new()
    {
        Address = endpoint.Address,
        Ports = [],
        Cluster = cluster.Name,
        Health = endpoint.Health,
        Locality = LocalityOf(endpoint, isByNode),
        Workload = endpoint.Pod.Name,
        Identity = pod is null ? "" : $"ns/{endpoint.Pod.Namespace}/sa/{pod.ServiceAccount}",
        Labels = pod?.Labels ?? [],
        ForZones = endpoint.ForZones,
    };

    // Where callers of the same node come first, that is the sub-zone.
    private Locality LocalityOf(EndpointFacts endpoint, bool isByNode)
    {
        Locality locality = LocalityOf(endpoint);
        return isByNode && endpoint.Node.Length > 0 && locality.Zone.Length > 0 ? workloads.Share(locality with { SubZone = endpoint.Node }) : locality;
    }

    private Locality LocalityOf(EndpointFacts endpoint)
    {
        Locality node = workloads.Node(endpoint.Node);
        string region = node.Region.Length > 0 ? node.Region : cluster.Locality.Region;
        string zone = node.Zone.Length > 0 ? node.Zone : endpoint.Zone;
        return zone.Length > 0 ? workloads.Share(new Locality(region, zone))
            : region == cluster.Locality.Region ? cluster.Locality
            : workloads.Share(new Locality(region));
    }
}
