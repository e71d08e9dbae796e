using ControlPlane.Model.Configuration;
using ControlPlane.Silo.Identity;

namespace ControlPlane.Silo.Rest.Views;

/// <summary>A mesh, and how well its certificates are. Keys and tokens are shown to nobody.</summary>
/// <param name="Mtls">Null: it has no certificates, and calls are plaintext.</param>
/// <param name="Authorities">Whether those are known that its workloads trust.</param>
/// <param name="Problems">What is wrong with its files. What was good last stays in force.</param>
public sealed record MeshView(
    string Name, string TrustDomain, MtlsMode? Mtls, bool? Authorities, IReadOnlyList<IdentityView> Identities, IReadOnlyList<ProblemView> Problems)
{
    internal static MeshView Of(Mesh mesh, MeshCertificates? certificates) => new(
        mesh.Name, mesh.TrustDomain, mesh.HasCertificates ? mesh.Mtls : null, mesh.HasCertificates ? certificates?.Bundle is not null : null,
        [.. certificates?.Identities.Select(IdentityView.Of) ?? []], [.. certificates?.Problems.Select(ProblemView.Of) ?? []]);
}

/// <summary>A workload that can prove who it is.</summary>
/// <param name="Name">Of its files.</param>
/// <param name="Serial">Of its certificate, hexadecimal.</param>
/// <param name="NotAfter">When its certificate expires.</param>
/// <param name="HasKey">Whether proxies that prove to be it are given a key.</param>
/// <param name="HasToken">Whether there is a token to prove it with; else it takes a client certificate.</param>
public sealed record IdentityView(string Id, string Name, string Serial, DateTimeOffset NotAfter, bool HasKey, bool HasToken)
{
    internal static IdentityView Of(HeldIdentity identity) => new(
        identity.SpiffeId, identity.Name, identity.Serial, identity.NotAfter, identity.Certificate is not null, identity.TokenDigest is not null);
}
