using System.Net;
using System.Security.Cryptography.X509Certificates;
using ControlPlane.Adapters.Kubernetes;
using ControlPlane.Adapters.Kubernetes.Secrets;
using ControlPlane.Grains.Storage.Postgres;
using ControlPlane.Silo.Regions;

namespace ControlPlane.Silo.Hosting;

/// <summary>Everything that <c>controlplane run</c> can be told.</summary>
public sealed record RunOptions
{
    /// <summary>A file or folder of configuration; null: none.</summary>
    public string? ConfigPath { get; init; }

    /// <summary>The Kubernetes clusters to watch, each a source of its own.</summary>
    public IReadOnlyList<KubernetesAdapterOptions> Kubernetes { get; init; } = [];

    /// <summary>Where the Secrets are that name further Kubernetes clusters; null: no Secrets are read.</summary>
    public ClusterSecretsOptions? ClusterSecrets { get; init; }

    /// <summary>Where state is kept.</summary>
    public required string DataFolder { get; init; }

    /// <summary>The database that all processes of the region share; null: state is in the folder, and the region is this process.</summary>
    public PostgresAddress? Postgres { get; init; }

    /// <summary>Where the region's other processes reach this one; null: on a free port of the loopback address.</summary>
    public IPEndPoint? SiloAddress { get; init; }

    /// <summary>Who signs the certificates of the region's processes, PEM: they speak mutual TLS; null: plain TCP.</summary>
    public string? SiloAuthorities { get; init; }

    public IPEndPoint RestAddress { get; init; } = new(IPAddress.Loopback, 8080);

    public IPEndPoint XdsAddress { get; init; } = new(IPAddress.Loopback, 18000);

    /// <summary>What both addresses show over TLS; null: they speak plain HTTP.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>How long one missing source may hold up everybody.</summary>
    public TimeSpan WarmTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a new endpoint may take to become ready before it counts in its service's size.</summary>
    public TimeSpan StartGrace { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The percentage of a source's endpoints that may vanish in one reading without being read again.</summary>
    public int MaxRemovalPercent { get; init; } = 50;

    /// <summary>A file of the tokens with which workloads may register, one a line; null: processes of this machine may, without one.</summary>
    public string? RegistrationTokenFile { get; init; }

    /// <summary>Below it a folder for each mesh that has certificates; null: no mesh has any.</summary>
    public string? CertificateFolder { get; init; }

    /// <summary>By how many percent a measured round trip must differ from the one that is reckoned with.</summary>
    public int CostMarginPercent { get; init; } = 20;

    /// <summary>For how long it must differ.</summary>
    public TimeSpan CostHold { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Who this region is to others.</summary>
    public RegionOptions Region { get; init; } = new();

    public LogLevel LogLevel { get; init; } = LogLevel.Information;
}
