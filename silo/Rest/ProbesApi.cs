using System.Net;
using ControlPlane.Grains.Catalog;
using ControlPlane.Grains.Reach;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Silo.Reach;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Rest;

/// <summary><c>/probes</c>: what probers find at the addresses of gateways.</summary>
internal static class ProbesApi
{
    public static void MapProbes(this RouteGroupBuilder api)
    {
        api.MapGet("/probes", async (IGrainFactory grains) => new EntityResult<ProbesView>(ProbesView.Of(await Reach(grains).GetAsync())))
            .WithSummary("What each prober says of the addresses of gateways, those that are withdrawn, host names as resolved, and measured round trips")
            .Produces<ProbesView>();
        api.MapGet("/probes/targets", (string network, ServiceCatalog catalog) => new EntityResult<ProbeTargets>(TargetsOf(network, catalog.Current)))
            .WithSummary("What a prober of a network is to probe: every address of a RegionGateway that is meant to be reached from there")
            .Produces<ProbeTargets>();
        api.MapGroup("/probes/{prober}").AddEndpointFilter<RegistrationAccess>().MapPut("", ReportAsync)
            .WithSummary("Takes one round of a prober; what follows from it is stored when this answers")
            .Produces(StatusCodes.Status204NoContent).ProducesValidationProblem();
    }

    private static async Task<IResult> ReportAsync(string prober, ProbeBody body, ServiceCatalog catalog, IGrainFactory grains, ReachMetrics metrics)
    {
        var errors = new Dictionary<string, string[]>();
        if (body.Read(Uri.UnescapeDataString(prober), catalog.Current, errors) is not { } report)
        {
            return Results.ValidationProblem(errors, title: "The report is not valid");
        }
        metrics.Probed(report);
        await Reach(grains).ReportAsync(report);
        return Results.NoContent();
    }

    private static ProbeTargets TargetsOf(string network, CatalogSnapshot snapshot)
    {
        ILookup<string, string> resolved = (snapshot.Reach?.Hosts ?? []).SelectMany(host => host.Addresses.Select(address => (host.Host, address))).ToLookup(pair => pair.Host, pair => pair.address);
        HashSet<string> secured = snapshot.Objects<Mesh>().Where(mesh => mesh.HasCertificates).Select(mesh => mesh.Name).ToHashSet(StringComparer.Ordinal);
        return new ProbeTargets(network, [
            .. from gateway in snapshot.Objects<RegionGateway>().OrderBy(gateway => gateway.Name, StringComparer.Ordinal)
               from address in gateway.Addresses
               where address.IsReachableFrom(network)
               let addresses = IPAddress.TryParse(address.Host, out _) ? [address.Host] : resolved[address.Host].ToArray()
               where addresses.Length > 0
               select new ProbeTarget(gateway.Name, gateway.Role, address.Host, address.Port, ProtocolOf(gateway, secured), addresses)]);
    }

    // An internal gateway of a mesh without certificates speaks no TLS.
    private static ProbeProtocol ProtocolOf(RegionGateway gateway, HashSet<string> secured) => gateway.Role switch
    {
        GatewayRole.Ingress => ProbeProtocol.Http,
        GatewayRole.Internal when !secured.Contains(gateway.Mesh) => ProbeProtocol.Tcp,
        _ => ProbeProtocol.Tls,
    };

    private static IReachGrain Reach(IGrainFactory grains) => grains.GetGrain<IReachGrain>(IReachGrain.Key);
}
