using ControlPlane.Silo.Rest.Views;
using ControlPlane.Xds;

namespace ControlPlane.Silo.Rest;

/// <summary><c>/proxies</c>: asked of the streams' loops, so that what is shown of one proxy is of one moment.</summary>
internal static class ProxiesApi
{
    private static readonly ListEndpoint<ProxyView> List = new(
        proxy => $"{proxy.Id} {proxy.Address}",
        new Filter<ProxyView>("kind", "Only sidecars, gateways or gRPC clients.", (proxy, kind) => kind.Equals(proxy.Kind, StringComparison.OrdinalIgnoreCase)) { Values = ["Sidecar", "Gateway", "Grpc"] },
        new Filter<ProxyView>("cluster", "Only proxies in this cluster.", (proxy, cluster) => proxy.Cluster == cluster),
        Filter<ProxyView>.OfEnum("state", "Only proxies in this state.", proxy => proxy.State));

    public static void MapProxies(this IEndpointRouteBuilder api)
    {
        List.Describe(api.MapGet("/proxies", async (HttpRequest request, ProxyRegistry registry, CancellationToken cancellation) =>
            List.Answer(request, await ReadAsync(registry, cancellation))).WithSummary("The connected proxies, and what each has accepted, rejected or not answered"));
        api.MapGet("/proxies/{id}", async (string id, ProxyRegistry registry, CancellationToken cancellation) =>
            (await ReadAsync(registry, cancellation)).FirstOrDefault(proxy => proxy.Id == id) is { } proxy
                ? new EntityResult<ProxyView>(proxy)
                : RestApi.NotFound($"a proxy '{id}'"))
            .WithSummary("One proxy").Produces<ProxyView>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IEnumerable<ProxyView>> ReadAsync(ProxyRegistry registry, CancellationToken cancellation)
    {
        ProxyView[] connected = [.. (await registry.ReadAsync(cancellation)).Select(ProxyView.Of)];
        // Who was refused and has come in since is not refused any longer.
        return connected.Concat(registry.RefusedProxies.Where(refused => connected.All(proxy => proxy.Id != refused.Node)).Select(ProxyView.Of));
    }
}
