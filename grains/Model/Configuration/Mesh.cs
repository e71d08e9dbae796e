namespace ControlPlane.Model.Configuration;

/// <summary>One trust domain with one certificate authority. A mesh that no object declares has no certificates: its calls are plaintext.</summary>
[GenerateSerializer, Immutable, Alias("cp.Mesh")]
public sealed record Mesh : ConfigObject
{
    [System.Text.Json.Serialization.JsonIgnore]
    public override string Kind => "Mesh";

    /// <summary>The authority part of its SPIFFE ids: <c>spiffe://TRUST_DOMAIN/ns/NAMESPACE/sa/IDENTITY</c>.</summary>
    [Id(0)]
    public required string TrustDomain { get; init; }

    /// <summary>Whether calls without mutual TLS are made and taken, too.</summary>
    [Id(1)]
    public MtlsMode Mtls { get; init; }

    /// <summary>
    /// Where its certificates come from: a folder below the one that the control plane is told of when it starts. Empty: it has none, and calls are plaintext.
    /// </summary>
    [Id(2)]
    public string CertificateFolder { get; init; } = "";

    /// <summary>Whether its workloads speak mutual TLS.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool HasCertificates => CertificateFolder.Length > 0;
}

/// <summary>Whether a mesh with certificates allows calls without them.</summary>
[System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter<MtlsMode>))]
public enum MtlsMode
{
    /// <summary>Workloads without a sidecar are called in plaintext, and sidecars take calls in plaintext.</summary>
    Permissive,

    /// <summary>Neither.</summary>
    Strict,
}
