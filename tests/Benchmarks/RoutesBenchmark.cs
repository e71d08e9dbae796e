using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;
using ControlPlane.Xds;
using ControlPlane.Xds.Resources.Naming;
using ControlPlane.Xds.Resources.Views;
using Google.Protobuf.WellKnownTypes;
using Endpoint = ControlPlane.Model.Endpoint;

namespace ControlPlane.Tests.Benchmarks;

/// <summary>
/// Routing on one core: all tiers of one view of 1,000 services in 100 localities, direct and half of them behind gateways; and the memory of 10,000
/// services for 50 connected views.
/// </summary>
internal static class RoutesBenchmark
{
    private const int Localities = 100;
    private const int Services = 1_000;
    private const int Rounds = 30;

    public static IEnumerable<Measurement> Run() =>
        [.. Tiers("routes, direct", behindGateways: false), .. Tiers("routes, 50 gateways", behindGateways: true), .. Memory(10_000, 50)];

    private static Measurement[] Tiers(string name, bool behindGateways)
    {
        var topology = new Topology(World(behindGateways));
        Endpoint[][] services = [.. Enumerable.Range(0, Services).Select(service => Enumerable.Range(0, Localities).Select(place => EndpointAt(service, place, behindGateways)).ToArray())];
        var view = new RoutingView("m", "net-0", new Locality("r0", "z0"), "k0") { HasIdentity = true };
        var times = new List<double>();
        int tiers = 0;
        for (int round = 0; round < Rounds; round++)
        {
            // As after a change of the configuration: nothing is known yet.
            var router = new ViewRouter(view, topology);
            long start = Stopwatch.GetTimestamp();
            for (int service = 0; service < Services; service++)
            {
                tiers += router.Plan(new ServiceId("m", "n", "s"), services[service], 0, EffectivePolicy.Default).Tiers.Length;
            }
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        times.Sort();
        return [
            Print(new Measurement(name, "routing", $"{tiers / Rounds} tiers, best", times[0], "ms")), Print(new Measurement(name, "routing", $"{tiers / Rounds} tiers, median", times[Rounds / 2], "ms"))];
    }

    private static Measurement[] Memory(int services, int views)
    {
        long before = Used();
        CatalogSnapshot snapshot = new()
        {
            Completeness = ControlPlane.Model.Catalog.Completeness.Complete,
            Configuration = new ConfigRecord { Version = default, Objects = World(behindGateways: false).ToValueList() },
            Services = Enumerable.Range(0, services).Select(index => new ServiceRecord
            {
                Version = default,
                Service = new ServiceId("m", "n", string.Create(CultureInfo.InvariantCulture, $"service-{index}")),
                Ports = [new ServicePort("http", 80, Protocol.Http)],
                // Ten in three zones, as is usual.
                Endpoints = Enumerable.Range(0, 10).Select(item => EndpointAt(index, item % 3, behindGateways: false) with { Address = $"10.{index / 250}.{index % 250}.{item}" }).ToValueList(),
            }).ToImmutableDictionary(service => service.Service),
        };
        long catalog = Used();
        using var host = new ViewHost();
        host.OnChanged(snapshot, new CatalogChange([.. snapshot.Services.Keys], Configuration: true, Completeness: true));
        AdmissionResult[] admitted = [.. Enumerable.Range(0, views).Select(index => host.Admit(Sidecar(index), StreamCredentials.None))];
        // What the first picture needed is given back with the next change.
        host.OnChanged(snapshot, new CatalogChange([snapshot.Services.Keys.First()], Configuration: true, Completeness: false));
        long all = Used();
        GC.KeepAlive(admitted);
        GC.KeepAlive(snapshot);
        string name = string.Create(CultureInfo.InvariantCulture, $"memory, {services} services");
        return [
            Print(new Measurement(name, "catalog, 10 endpoints each", "managed memory", (catalog - before) / 1e6, "MB")),
            Print(new Measurement(name, $"{views} views", "managed memory", (all - catalog) / 1e6, "MB")),
            Print(new Measurement(name, "a service in a view", "managed memory", (all - catalog) / (double)views / services, "B"))];
    }

    private static Measurement Print(Measurement measurement)
    {
        Console.WriteLine(measurement);
        return measurement;
    }

    private static long Used()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static List<ConfigObject> World(bool behindGateways)
    {
        var objects = new List<ConfigObject> { new Mesh { Name = "m", TrustDomain = "m.mesh", CertificateFolder = "m" } };
        for (int index = 0; index < Localities; index++)
        {
            string network = behindGateways && index % 2 == 1 ? $"net-{index}" : "net-0";
            objects.Add(new Cluster { Name = $"k{index}", Mesh = "m", Network = network, Locality = Place(index) });
            if (network != "net-0")
            {
                objects.Add(new RegionGateway
                {
                    Name = $"g{index}", Role = GatewayRole.EastWest, Mesh = "m", Network = network, Locality = Place(index), Addresses = [new GatewayAddress($"192.0.2.{index}", 15443, [])],
                });
            }
        }
        return objects;
    }

    private static Endpoint EndpointAt(int service, int place, bool behindGateways) => new()
    {
        Address = $"10.{service / 250 % 250}.{service % 250}.{place}", Ports = [8080], Cluster = Clusters[place], Locality = Places[place], Speaks = behindGateways ? Speaks.Mtls : Speaks.Plaintext,
    };

    // The same objects for all: so it is in the catalog.
    private static readonly string[] Clusters = [.. Enumerable.Range(0, Localities).Select(index => $"k{index}")];
    private static readonly Locality[] Places = [.. Enumerable.Range(0, Localities).Select(Place)];

    private static Locality Place(int index) => new($"r{index / 2}", $"z{index}");

    private static ProxyNode Sidecar(int index)
    {
        var own = new Struct { Fields = { ["kind"] = Value.ForString("sidecar"), ["cluster"] = Value.ForString($"k{index}") } };
        return new ProxyNode($"node-{index}", "", "", "", "", new Struct { Fields = { [ProxyMetadata.Key] = Value.ForStruct(own) } }, "", "", []);
    }
}
