using System.Net;
using ControlPlane.Xds.Resources.Naming;

namespace ControlPlane.Silo.Bootstraps;

/// <summary>What a proxy is told when it starts.</summary>
public sealed record BootstrapOptions
{
    /// <summary><c>node.id</c>: unique.</summary>
    public required string Node { get; init; }

    public required ProxyMetadata Metadata { get; init; }

    /// <summary>Overrides the locality of the cluster, as far as its parts are not empty.</summary>
    public Model.Locality Locality { get; init; } = Model.Locality.Unknown;

    /// <summary>Where the control plane is: host name or address, and port. Several are replicas of one.</summary>
    public required IReadOnlyList<DnsEndPoint> Servers { get; init; }

    /// <summary>The admin interface; null: none.</summary>
    public IPEndPoint? Admin { get; init; }

    /// <summary>State of the world instead of delta.</summary>
    public bool IsSotw { get; init; }

    /// <summary>A file of the authorities that may sign the control plane's certificate; null: it is spoken to without TLS.</summary>
    public string? Authorities { get; init; }

    /// <summary>What the proxy proves with who it is: it is written into the bootstrap. Null: nothing.</summary>
    public string? Token { get; init; }

    /// <summary>The files, on the proxy's machine, of a certificate that it shows to the control plane, and its key. Null: none.</summary>
    public (string Certificate, string Key)? ClientCertificate { get; init; }

    /// <summary>
    /// A file, on the proxy's machine, of the authorities that are trusted for calls to the web: functions. Null: such calls are not possible. Envoy does
    /// not start if the file is not there.
    /// </summary>
    public string? SystemAuthorities { get; init; }
}
