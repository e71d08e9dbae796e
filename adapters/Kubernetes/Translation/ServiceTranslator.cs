using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Adapters.Kubernetes.State;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Kubernetes.Translation;

/// <summary>Makes a service of a Service and its EndpointSlices.</summary>
/// <param name="cluster">The cluster it is in.</param>
internal sealed class ServiceTranslator(Cluster cluster, IWorkloads workloads)
{
    /// <summary>Null: it has no port that can be served (UDP and SCTP are not).</summary>
    public ServicePart? Translate(ServiceObject service, IReadOnlyCollection<SliceFacts> slices)
    {
        ServicePortSpec[] ports = [.. (service.Spec.Ports ?? []).Where(port => port.IsTcp)];
        if (ports.Length == 0)
        {
            return null;
        }
        return new ServicePart
        {
            Service = new ServiceId(cluster.Mesh, service.Metadata.Namespace, service.Metadata.Name),
            Ports = ports.Select(port => new ServicePort(port.Name ?? "", port.Port, PortProtocol.Of(port.AppProtocol, port.Name ?? ""))).ToValueList(),
            Endpoints = Endpoints(ports, OfOneFamily(service, slices)),
            Labels = (service.Metadata.Labels ?? []).OrderBy(label => label.Key, StringComparer.Ordinal)
                .Select(label => new Label(label.Key, label.Value)).ToValueList(),
            Origin = $"Service {service.Key()}",
        };
    }

    // A pod with two addresses is one endpoint: the service's first family counts, if there is any slice of it.
    private static IEnumerable<SliceFacts> OfOneFamily(ServiceObject service, IReadOnlyCollection<SliceFacts> slices)
    {
        string first = service.Spec.IpFamilies is [var family, ..] ? family : "IPv4";
        string used = slices.Any(slice => slice.Family == first) ? first : first == "IPv4" ? "IPv6" : "IPv4";
        return slices.Where(slice => slice.Family == used);
    }

    private ValueList<Endpoint> Endpoints(ServicePortSpec[] ports, IEnumerable<SliceFacts> slices)
    {
        var merge = new EndpointMerge();
        foreach (SliceFacts slice in slices)
        {
            foreach (EndpointFacts endpoint in slice.Endpoints)
            {
                PodFacts? pod = workloads.Pod(endpoint.Pod);
                var targets = new int[ports.Length];
                for (int i = 0; i < ports.Length; i++)
                {
                    int target = slice.Ports is null ? ports[i].Port : slice.Ports.GetValueOrDefault(ports[i].Name ?? "");
                    targets[i] = pod?.Reach(target) ?? target;
                }
                if (targets.Any(target => target > 0))
                {
                    merge.Add(Endpoint(endpoint, pod), targets);
                }
            }
        }
        return merge.ToEndpoints();
    }

    private Endpoint Endpoint(EndpointFacts endpoint, PodFacts? pod) => new()
    {
        Address = endpoint.Address,
        Ports = [],
        Cluster = cluster.Name,
        Health = endpoint.Health,
        Locality = LocalityOf(endpoint),
        Workload = endpoint.Pod.Name,
        Identity = pod is null ? "" : $"ns/{endpoint.Pod.Namespace}/sa/{pod.ServiceAccount}",
        Speaks = Speaks.Plaintext,
    };

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
