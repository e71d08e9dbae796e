using ControlPlane.Xds.Resources.Identity;

namespace ControlPlane.Silo.Identity;

/// <summary>What the files of one name in a folder of certificates say.</summary>
/// <param name="Name">Of the files, without what they end with.</param>
/// <param name="Certificate">Null: there is no key, so it is for being recognised only.</param>
/// <param name="NotAfter">Until when the certificate is valid.</param>
/// <param name="TokenDigest">Null: no token stands for it.</param>
internal sealed record HeldIdentity(string Name, string SpiffeId, WorkloadCertificate? Certificate, string Serial, DateTimeOffset NotAfter, ReadOnlyMemory<byte>? TokenDigest);
