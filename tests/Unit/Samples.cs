using ControlPlane.Model;

namespace ControlPlane.Tests.Unit;

/// <summary>Services as tests need them: named shortly, with one HTTP port.</summary>
internal static class Samples
{
    public const string Cluster = "eu-a";

    public static ServicePort Http { get; } = new("http", 80, Protocol.Http);

    public static ServiceId Service(string name) => new("default", "shop", name);

    public static ServicePart Part(string name, params string[] addresses) => Part(name, [Http], addresses);

    public static ServicePart Part(string name, ServicePort[] ports, params string[] addresses) => new()
    {
        Service = Service(name),
        Ports = ports.ToValueList(),
        Endpoints = addresses.Select(address => Endpoint(address) with { Ports = ports.Select((_, index) => 8080 + index).ToValueList() }).ToValueList(),
        Origin = $"Service shop/{name}",
    };

    public static Endpoint Endpoint(string address) => new() { Address = address, Ports = [8080], Cluster = Cluster };
}
