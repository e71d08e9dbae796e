using System.Diagnostics.Metrics;

namespace ControlPlane.Silo.Identity;

/// <summary>What is measured of certificates: meter <c>ControlPlane.Certificates</c>.</summary>
internal sealed class CertificateMetrics
{
    public const string MeterName = "ControlPlane.Certificates";

    public CertificateMetrics(IMeterFactory factory, FileIdentities identities, TimeProvider time)
    {
        Meter meter = factory.Create(MeterName);
        meter.CreateObservableGauge(
            "controlplane.certificate.expiry",
            () => from mesh in identities.All
                  from identity in mesh.Value.Identities
                  select new Measurement<double>(
                      Math.Round((identity.NotAfter - time.GetUtcNow()).TotalDays, 2),
                      new KeyValuePair<string, object?>("mesh", mesh.Key), new KeyValuePair<string, object?>("identity", identity.Name)),
            "d", "Days until each certificate expires");
        meter.CreateObservableGauge(
            "controlplane.certificate.problems",
            () => identities.All.Select(mesh => new Measurement<int>(mesh.Value.Problems.Length, new KeyValuePair<string, object?>("mesh", mesh.Key))),
            description: "Problems with the certificates of each mesh");
    }
}
