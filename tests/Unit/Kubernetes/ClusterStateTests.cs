using System.Globalization;
using ControlPlane.Adapters;
using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Adapters.Kubernetes.State;
using ControlPlane.Adapters.Kubernetes.Watching;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Tests.Unit.Kubernetes;

public sealed class ClusterStateTests
{
    private readonly Dictionary<string, ServiceObject> services = [];
    private readonly Dictionary<string, EndpointSliceObject> slices = [];
    private readonly Dictionary<string, PodObject> pods = [];
    private readonly Dictionary<string, NodeObject> nodes = [];

    private static ClusterState New() => new(new Cluster { Name = "east" });

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 100)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void TakeChanges_AnyOrderOfChanges_EndsInWhatAFreshListGives(int seed)
    {
        var random = new Random(seed);
        ClusterState followed = New();
        var reported = new Dictionary<ServiceId, ServicePart>();
        for (int i = 0; i < 300; i++)
        {
            Change(random, followed);
            if (random.Next(4) == 0)
            {
                Take(followed, reported);
            }
        }
        Take(followed, reported);

        ClusterState fresh = New();
        fresh.Apply(new Listed<NodeObject>([.. nodes.Values]));
        fresh.Apply(new Listed<EndpointSliceObject>([.. slices.Values]), null);
        fresh.Apply(new Listed<ServiceObject>([.. services.Values]), null);
        fresh.Apply(new Listed<PodObject>([.. pods.Values]), null);
        var expected = new Dictionary<ServiceId, ServicePart>();
        Take(fresh, expected);
        reported.Keys.Order().ShouldBe(expected.Keys.Order());
        foreach ((ServiceId service, ServicePart part) in expected)
        {
            reported[service].ShouldBe(part);
            part.Endpoints.Where(endpoint => endpoint.Workload.Length > 0).GroupBy(endpoint => endpoint.Workload)
                .ShouldAllBe(pod => pod.Select(endpoint => endpoint.Address.Contains(':')).Distinct().Count() == 1);
        }
        // Listed again, nothing is different.
        followed.Apply(new Listed<ServiceObject>([.. services.Values]), null);
        followed.Apply(new Listed<EndpointSliceObject>([.. slices.Values]), null);
        Take(followed, reported);
        reported.ShouldBe(expected, ignoreOrder: true);
        followed.TakeChanges().ShouldBeEmpty();
    }

    private static void Take(ClusterState state, Dictionary<ServiceId, ServicePart> reported)
    {
        foreach (DiscoveryEvent happened in state.TakeChanges())
        {
            if (happened is Begun)
            {
                reported.Clear();
            }
            else if (happened is Replaced { Part: var part })
            {
                reported[part.Service] = part;
            }
            else if (happened is Removed { Service: var gone })
            {
                reported.Remove(gone).ShouldBeTrue();
            }
        }
    }

    private void Change(Random random, ClusterState state)
    {
        string number = random.Next(6).ToString(CultureInfo.InvariantCulture);
        var meta = new ObjectMeta { Namespace = "n" };
        switch (random.Next(5))
        {
            case 0:
                var service = new ServiceObject
                {
                    Metadata = meta with { Name = $"svc-{number}" },
                    Spec = new ServiceSpec
                    {
                        Type = random.Next(8) == 0 ? "ExternalName" : null,
                        IpFamilies = random.Next(2) == 0 ? null : ["IPv6", "IPv4"],
                        Ports = [.. Enumerable.Range(0, random.Next(3)).Select(i => new ServicePortSpec { Name = $"p{i}", Port = 80 + i })],
                    },
                };
                Set(services, service, random, happened => state.Apply(happened, null));
                break;
            case 1 or 2:
                var slice = new EndpointSliceObject
                {
                    Metadata = meta with { Name = $"slice-{number}", Labels = new() { [EndpointSliceObject.ServiceLabel] = $"svc-{random.Next(6)}" } },
                    AddressType = random.Next(2) == 0 ? "IPv4" : "IPv6",
                    Ports = [.. Enumerable.Range(0, random.Next(3)).Select(i => new EndpointPort { Name = $"p{i}", Port = 8080 + i })],
                };
                slice = slice with
                {
                    Endpoints = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Endpoint(random, slice.AddressType == "IPv4" ? "10.0.0." : "fd00::"))],
                };
                Set(slices, slice, random, happened => state.Apply(happened, null));
                break;
            case 3:
                // A pod that is gone counts while a slice names it: there is no list that says so, and none is removed here.
                var pod = new PodObject
                {
                    Metadata = meta with { Name = $"pod-{number}", Annotations = random.Next(2) == 0 ? null : new() { ["controlplane/inbound"] = $"8080=1508{random.Next(3)}" } },
                    Status = new PodStatus { PodIPs = [.. new[] { "10.0.0.1", "fd00::1" }.Where(_ => random.Next(2) == 0).Select(ip => new PodAddress { Ip = ip })] },
                };
                pods[pod.Metadata.Name] = pod;
                state.Apply(new Changed<PodObject>(pod), null);
                break;
            default:
                var node = new NodeObject
                {
                    Metadata = new ObjectMeta { Name = $"node-{number}", Labels = new() { [NodeObject.ZoneLabel] = $"zone-{random.Next(3)}" } },
                };
                nodes[node.Metadata.Name] = node;
                state.Apply(new Changed<NodeObject>(node));
                break;
        }
    }

    private static EndpointSpec Endpoint(Random random, string prefix) => new()
    {
        Addresses = [$"{prefix}{random.Next(5)}"],
        NodeName = $"node-{random.Next(6)}",
        Conditions = new EndpointConditions { Ready = random.Next(2) == 0, Terminating = random.Next(4) == 0, Serving = random.Next(2) == 0 },
        TargetRef = random.Next(3) == 0 ? null : new TargetReference { Kind = "Pod", Name = $"pod-{random.Next(6)}" },
    };

    private static void Set<T>(Dictionary<string, T> known, T item, Random random, Action<ResourceEvent<T>> apply)
        where T : class, IKubernetesObject
    {
        if (random.Next(4) == 0)
        {
            known.Remove(item.Metadata.Name);
            apply(new Deleted<T>(item));
            return;
        }
        known[item.Metadata.Name] = item;
        apply(new Changed<T>(item));
    }
}
