using System.Net;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
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
    private const string GatewayApi = "gateway.networking.k8s.io";

    private readonly Channel<Action<KubernetesPicture>> changes = Channel.CreateBounded<Action<KubernetesPicture>>(
        new BoundedChannelOptions(1024) { SingleReader = true });

    private readonly List<Func<CancellationToken, Task>> feeds = [];

    /// <summary>Ends with the failure of whichever watch failed first.</summary>
    public ChannelReader<Action<KubernetesPicture>> Changes => changes.Reader;

    /// <summary>Decides what is watched, and that the picture waits for it.</summary>
    public void AddTo(KubernetesPicture picture)
    {
        KubernetesJson json = KubernetesJson.Default;
        Add(picture, new ResourcePath("", "v1", "nodes"), json.ListPageNodeObject, json.WatchEventNodeObject, (to, happened) => to.Services.Apply(happened));
        string?[] namespaces = options.Namespaces.Count == 0 ? [null] : [.. options.Namespaces.Distinct()];
        foreach (string? ns in namespaces)
        {
            Add(picture, new ResourcePath("", "v1", "pods", ns), json.ListPagePodObject, json.WatchEventPodObject, (to, happened) => to.Services.Apply(happened, ns));
            Add(picture, new ResourcePath("", "v1", "services", ns), json.ListPageServiceObject, json.WatchEventServiceObject, (to, happened) => to.Services.Apply(happened, ns));
            Add(picture, new ResourcePath("discovery.k8s.io", "v1", "endpointslices", ns),
                json.ListPageEndpointSliceObject, json.WatchEventEndpointSliceObject, (to, happened) => to.Services.Apply(happened, ns));
            AddConfiguration(picture, new ResourcePath(Ours, "v1alpha1", "trafficpolicies", ns), "TrafficPolicy");
            AddConfiguration(picture, new ResourcePath(GatewayApi, "v1", "gateways", ns), "Gateway");
            AddConfiguration(picture, new ResourcePath(GatewayApi, "v1", "httproutes", ns), "HTTPRoute");
        }
        AddConfiguration(picture, new ResourcePath(Ours, "v1alpha1", "clusters"), "Cluster");
        AddConfiguration(picture, new ResourcePath(Ours, "v1alpha1", "networks"), "Network");
        if (clusters is not null)
        {
            picture.Await("cluster object");
            feeds.Add(FollowClusterAsync);
        }
    }

    /// <summary>Runs until it is cancelled, or one watch fails.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(feeds.Select(feed => GuardAsync(feed, cancellationToken)));

    private async Task GuardAsync(Func<CancellationToken, Task> feed, CancellationToken cancellationToken)
    {
        try
        {
            await feed(cancellationToken);
        }
        catch (Exception failure)
        {
            changes.Writer.TryComplete(failure);
        }
    }

    private void Add<T>(
        KubernetesPicture picture, ResourcePath resource, JsonTypeInfo<ListPage<T>> pageType, JsonTypeInfo<WatchEvent<T>> eventType,
        Action<KubernetesPicture, ResourceEvent<T>> apply)
        where T : class, IKubernetesObject
    {
        picture.Await(resource.Path);
        var watch = new ResourceWatch<T>(client, resource, pageType, eventType, options.Times, time);
        feeds.Add(cancellationToken => watch.RunAsync(isOptional: false, happened => EmitAsync(resource, happened, apply, cancellationToken), cancellationToken));
    }

    private void AddConfiguration(KubernetesPicture picture, ResourcePath resource, string kind)
    {
        picture.Await(resource.Path);
        KubernetesJson json = KubernetesJson.Default;
        var watch = new ResourceWatch<CustomObject>(client, resource, json.ListPageCustomObject, json.WatchEventCustomObject, options.Times, time);
        feeds.Add(async cancellationToken =>
        {
            while (true)
            {
                try
                {
                    await watch.RunAsync(isOptional: true, happened => EmitAsync(resource, happened, Apply, cancellationToken), cancellationToken);
                }
                catch (KubernetesException refused) when (refused.Status == HttpStatusCode.Forbidden)
                {
                    // Services do not depend on it: they go on, and it is said what is missing.
                    await changes.Writer.WriteAsync(picture =>
                    {
                        picture.Heard(resource.Path);
                        picture.SetRefusal(resource.ToString(), refused.Message);
                    }, cancellationToken);
                    await Task.Delay(options.Times.Rediscover, time, cancellationToken);
                }
            }
        });

        void Apply(KubernetesPicture to, ResourceEvent<CustomObject> happened)
        {
            to.SetRefusal(resource.ToString(), null);
            to.Configuration.Apply(kind, happened, resource.Namespace);
        }
    }

    private ValueTask EmitAsync<T>(
        ResourcePath resource, ResourceEvent<T> happened, Action<KubernetesPicture, ResourceEvent<T>> apply, CancellationToken cancellationToken) =>
        changes.Writer.WriteAsync(picture =>
        {
            apply(picture, happened);
            picture.Heard(resource.Path);
        }, cancellationToken);

    private async Task FollowClusterAsync(CancellationToken cancellationToken)
    {
        await foreach (Cluster? cluster in clusters!.WatchAsync(options.Cluster, cancellationToken))
        {
            await changes.Writer.WriteAsync(picture =>
            {
                picture.SetClusterObject(cluster);
                picture.Heard("cluster object");
            }, cancellationToken);
        }
    }
}
