using System.Globalization;
using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Kubernetes.Translation;

/// <summary>Of a Pod what is kept.</summary>
/// <param name="Families">Of its addresses, as far as it has any yet.</param>
/// <param name="Inbound">Its sidecar's listeners: for a port of the workload, where it listens for it.</param>
/// <param name="Labels">In the order of their names, without those by which controllers tell the pods of their revisions apart.</param>
/// <param name="Problem">What is wrong with its annotation.</param>
internal sealed record PodFacts(string ServiceAccount, IpFamilies Families, ValueList<InboundPort> Inbound, ValueList<Label> Labels, string? Problem)
{
    public const string InboundAnnotation = "controlplane/inbound";

    // Another one with each revision, and of no use to a person who selects pods.
    private static readonly string[] Revisions = ["pod-template-hash", "controller-revision-hash"];

    public static PodFacts Of(PodObject pod)
    {
        string account = pod.Spec.ServiceAccountName is { Length: > 0 } name ? name : "default";
        if (pod.Metadata.Annotations?.GetValueOrDefault(InboundAnnotation) is not { } text)
        {
            return new PodFacts(account, FamiliesOf(pod), [], LabelsOf(pod), null);
        }
        return TryParse(text, out ValueList<InboundPort> inbound)
            ? new PodFacts(account, FamiliesOf(pod), inbound, LabelsOf(pod), null)
            : new PodFacts(account, FamiliesOf(pod), [], LabelsOf(pod), $"expected PORT=LISTEN such as 8080=15080, several joined by ','; found '{text}'. The pod is called without its sidecar");
    }

    /// <summary>Whether its sidecar listens for a port.</summary>
    public bool HasSidecar(int port)
    {
        foreach (InboundPort inbound in Inbound)
        {
            if (inbound.Port == port)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Where to call the pod for one of its ports.</summary>
    public int Reach(int port)
    {
        foreach (InboundPort inbound in Inbound)
        {
            if (inbound.Port == port)
            {
                return inbound.Listen;
            }
        }
        return port;
    }

    private static ValueList<Label> LabelsOf(PodObject pod) => (pod.Metadata.Labels ?? [])
        .Where(label => !Revisions.Contains(label.Key)).OrderBy(label => label.Key, StringComparer.Ordinal)
        .Select(label => new Label(label.Key, label.Value ?? "")).ToValueList();

    private static IpFamilies FamiliesOf(PodObject pod) =>
        (pod.Status?.PodIPs ?? []).Aggregate(IpFamilies.None, (families, address) => families | AddressFamilies.Of(address.Ip));

    private static bool TryParse(string text, out ValueList<InboundPort> inbound)
    {
        var found = new List<InboundPort>();
        inbound = [];
        foreach (string item in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string[] sides = item.Split('=', StringSplitOptions.TrimEntries);
            if (sides.Length != 2 || !TryPort(sides[0], out int port) || !TryPort(sides[1], out int listen) || found.Any(other => other.Port == port))
            {
                return false;
            }
            found.Add(new InboundPort(port, listen));
        }
        inbound = found.ToValueList();
        return found.Count > 0;
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;
}

/// <summary>A port of a workload, and where its sidecar listens for it.</summary>
internal readonly record struct InboundPort(int Port, int Listen);
