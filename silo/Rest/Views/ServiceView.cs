using ControlPlane.Model;
using ControlPlane.Model.Catalog;

namespace ControlPlane.Silo.Rest.Views;

/// <summary>A service, merged from what all sources say of it.</summary>
/// <param name="Version">Grows with each change of the service.</param>
/// <param name="Healthy">How many of its endpoints take new requests.</param>
/// <param name="ExternalName">The host name that it is, instead of endpoints.</param>
/// <param name="Exported">Whether it is shared in a set of clusters, and has that set's host names.</param>
/// <param name="Sources">Which sources it is made from, and where it is written there.</param>
/// <param name="Conflicts">What they do not agree on.</param>
public sealed record ServiceView(
    string Mesh, string Namespace, string Name, string Version, IReadOnlyList<PortView> Ports, int Endpoints, int Healthy,
    string? ExternalName, bool Exported, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<ServiceSourceView> Sources, IReadOnlyList<string> Conflicts)
{
    public static ServiceView Of(ServiceRecord record) => new(
        record.Service.Mesh, record.Service.Namespace, record.Service.Name, record.Version.ToString(),
        [.. record.Ports.Select(port => new PortView(
            port.Name.Length == 0 ? null : port.Name, port.Port, port.Protocol, port.LoopbackPort == 0 ? null : port.LoopbackPort))],
        record.Endpoints.Count, record.Endpoints.Count(endpoint => endpoint.Health is Health.Healthy or Health.Unknown),
        record.ExternalName.Length == 0 ? null : record.ExternalName, record.IsExported,
        record.Labels.ToDictionary(label => label.Name, label => label.Value), [.. record.Parts.Select(part => new ServiceSourceView(part.Source, part.Origin))],
        [.. record.Conflicts]);
}

/// <summary>A port as callers know it.</summary>
/// <param name="LoopbackPort">Where sidecars listen for it on their loopback address; null: it is reached by host name.</param>
public sealed record PortView(string? Name, int Port, Protocol Protocol, int? LoopbackPort);

/// <summary>A source's part in a service.</summary>
/// <param name="Origin">The file and line or object it is written in.</param>
public sealed record ServiceSourceView(string Source, string Origin);
