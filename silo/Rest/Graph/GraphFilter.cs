using ControlPlane.Model;
using ControlPlane.Routing;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Rest.Graph;

/// <summary>What of the graph is shown. Empty texts: all of it.</summary>
/// <param name="Mesh">Services and callers of this mesh.</param>
/// <param name="Service"><c>mesh/namespace/name</c>.</param>
/// <param name="Cluster">Callers in it, and services that run in it.</param>
/// <param name="Network">Callers in it.</param>
/// <param name="Gateway">Calls through it.</param>
internal sealed record GraphFilter(string Mesh, string Namespace, string Service, string Cluster, string Network, string Gateway)
{
    public static readonly string[] Names = ["mesh", "namespace", "service", "cluster", "network", "gateway"];

    public bool IsEmpty => Mesh.Length + Namespace.Length + Service.Length + Cluster.Length + Network.Length + Gateway.Length == 0;

    public static GraphFilter Read(IQueryCollection query)
    {
        string Text(string name) => query[name].ToString();
        return new GraphFilter(Text("mesh"), Text("namespace"), Text("service"), Text("cluster"), Text("network"), Text("gateway"));
    }

    public bool Takes(ServiceId service) =>
        Is(Namespace, service.Namespace) && Is(Service, service.ToString());

    public bool Takes(RoutingView view) => Is(Network, view.Network) && Is(Mesh, view.Mesh);

    public bool Takes(PathView path) => (Cluster.Length == 0 || path.From.Split('@')[0] == Cluster) && (Gateway.Length == 0 || path.Gateways.Contains(Gateway));

    /// <summary>A service that is called, or runs there.</summary>
    public bool Takes(GraphService service, PathView[] calls) =>
        (Mesh.Length == 0 && Cluster.Length == 0 && Gateway.Length == 0 && Network.Length == 0) || calls.Any(call => call.Service == service.Id)
        || (Gateway.Length == 0 && Network.Length == 0 && Is(Mesh, service.Mesh) && (Cluster.Length == 0 || service.Places.Any(place => place.Cluster == Cluster)));

    private static bool Is(string wanted, string value) => wanted.Length == 0 || wanted == value;
}
