using System.Net;
using System.Text.Json.Serialization.Metadata;
using ControlPlane.Adapters.Kubernetes.Client;
using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Adapters.Kubernetes.State;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Kubernetes.Watching;

/// <summary>Watches every kind that matters and hands on what it sees, as changes to a picture, in order for each kind.</summary>
internal sealed class KubernetesFeed(
    KubernetesClient client, KubernetesAdapterOptions options, IClusterObjects? clusters, TimeProvider time)
{
    private const string Ours = "controlplane.io";
    private const string MultiCluster = "multicluster.x-k8s.io";
    private const string GatewayApi = "gateway.networking.k8s.io";

    private readonly PictureFeed<KubernetesPicture> changes = new();

    /// <summary>Watches everything and says what is different, first all there is.</summary>
    public IAsyncEnumerable<DiscoveryEvent> RunAsync(KubernetesPicture picture, CancellationToken cancellationToken)
    {
        AddTo(picture);
        return changes.RunAsync(picture, picture.TakeChanges, cancellationToken);
    }

    // Decides what is watched, and that the picture waits for it.
    private void AddTo(KubernetesPicture picture)
    {
        KubernetesJson json = KubernetesJson.Default;
        // Who may read some namespaces only may hardly read nodes: then zones are those of the slices.
        Add(picture, new ResourcePath("", "v1", "nodes"), options.Namespaces.Count == 0 ? Need.Required : Need.Granted,
            json.ListPageNodeObject, json.WatchEventNodeObject, (to, happened) => to.Services.Apply(happened));
        string?[] namespaces = options.Namespaces.Count == 0 ? [null] : [.. options.Namespaces.Distinct()];
        foreach (string? ns in namespaces)
        {
            Add(picture, new ResourcePath("", "v1", "pods", ns), Need.Required, json.ListPagePodObject, json.WatchEventPodObject, (to, happened) => to.Services.Apply(happened, ns));
            Add(picture, new ResourcePath("", "v1", "services", ns), Need.Required, json.ListPageServiceObject, json.WatchEventServiceObject, (to, happened) => to.Services.Apply(happened, ns));
            Add(picture, new ResourcePath("discovery.k8s.io", "v1", "endpointslices", ns), Need.Required,
                json.ListPageEndpointSliceObject, json.WatchEventEndpointSliceObject, (to, happened) => to.Services.Apply(happened, ns));
            Add(picture, new ResourcePath(MultiCluster, "v1alpha1", "serviceexports", ns), Need.Optional,
                json.ListPageServiceExportObject, json.WatchEventServiceExportObject, (to, happened) => to.Services.Apply(happened, ns));
            Add(picture, new ResourcePath(MultiCluster, "v1alpha1", "serviceimports", ns), Need.Optional,
                json.ListPageServiceImportObject, json.WatchEventServiceImportObject, (to, happened) => to.Services.Apply(happened, ns));
        }
        if (options.ReadsConfiguration)
        {
            AddConfiguration(picture, namespaces);
        }
        if (clusters is not null)
        {
            picture.Await("cluster object");
            changes.Add(FollowClusterAsync);
        }
    }

    private void AddConfiguration(KubernetesPicture picture, string?[] namespaces)
    {
        // Without them services go on, and Gateways select no routes by them.
        Add(picture, new ResourcePath("", "v1", "namespaces"), Need.Granted,
            KubernetesJson.Default.ListPageNamespaceObject, KubernetesJson.Default.WatchEventNamespaceObject, (to, happened) => to.Configuration.Apply(happened));
        foreach (string? ns in namespaces)
        {
            AddConfiguration(picture, new ResourcePath(Ours, "v1alpha1", "trafficpolicies", ns), "TrafficPolicy");
            AddConfiguration(picture, new ResourcePath(Ours, "v1alpha1", "exports", ns), "Export");
            AddConfiguration(picture, new ResourcePath(GatewayApi, "v1", "gateways", ns), "Gateway");
            AddConfiguration(picture, new ResourcePath(GatewayApi, "v1", "httproutes", ns), "HTTPRoute");
        }
        AddConfiguration(picture, new ResourcePath(Ours, "v1alpha1", "clusters"), "Cluster");
        AddConfiguration(picture, new ResourcePath(Ours, "v1alpha1", "networks"), "Network");
        AddConfiguration(picture, new ResourcePath(Ours, "v1alpha1", "meshes"), "Mesh");
        AddConfiguration(picture, new ResourcePath(Ours, "v1alpha1", "regiongateways"), "RegionGateway");
        AddConfiguration(picture, new ResourcePath(Ours, "v1alpha1", "costmatrices"), "CostMatrix");
        if (options.Sources.Names.Count > 0)
        {
            AddConfiguration(picture, new ResourcePath(Ours, "v1alpha1", "sources"), "Source");
        }
    }

    private void AddConfiguration(KubernetesPicture picture, ResourcePath resource, string kind) => Add(
        picture, resource, Need.Optional, KubernetesJson.Default.ListPageCustomObject, KubernetesJson.Default.WatchEventCustomObject,
        (to, happened) => to.Configuration.Apply(kind, happened, resource.Namespace));

    private void Add<T>(
        KubernetesPicture picture, ResourcePath resource, Need need, JsonTypeInfo<ListPage<T>> pageType, JsonTypeInfo<WatchEvent<T>> eventType,
        Action<KubernetesPicture, ResourceEvent<T>> apply)
        where T : class, IKubernetesObject
    {
        picture.Await(resource.Path);
        var watch = new ResourceWatch<T>(client, resource, pageType, eventType, options.Times, time);
        changes.Add(async cancellationToken =>
        {
            while (true)
            {
                try
                {
                    await watch.RunAsync(need == Need.Optional, happened => EmitAsync(resource, happened, apply, cancellationToken), cancellationToken);
                }
                catch (KubernetesException refused) when (refused.Status == HttpStatusCode.Forbidden && need != Need.Required)
                {
                    // Services do not depend on it: they go on, and it is said what is missing.
                    await changes.ChangeAsync(to =>
                    {
                        to.Heard(resource.Path);
                        to.SetRefusal(resource.ToString(), refused.Message);
                    }, cancellationToken);
                    await Task.Delay(options.Times.Rediscover, time, cancellationToken);
                }
            }
        });
    }

    private ValueTask EmitAsync<T>(
        ResourcePath resource, ResourceEvent<T> happened, Action<KubernetesPicture, ResourceEvent<T>> apply, CancellationToken cancellationToken) =>
        changes.ChangeAsync(picture =>
        {
            apply(picture, happened);
            picture.SetRefusal(resource.ToString(), null);
            picture.Heard(resource.Path);
        }, cancellationToken);

    private async Task FollowClusterAsync(CancellationToken cancellationToken)
    {
        await foreach (Cluster? cluster in clusters!.WatchAsync(options.Cluster, cancellationToken))
        {
            await changes.ChangeAsync(picture =>
            {
                picture.SetClusterObject(cluster);
                picture.Heard("cluster object");
            }, cancellationToken);
        }
    }

    private enum Need
    {
        Required,

        /// <summary>Has to be there, but need not be allowed.</summary>
        Granted,

        /// <summary>Need neither be there nor be allowed.</summary>
        Optional,
    }
}
