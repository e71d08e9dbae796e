using System.Security.Cryptography;
using System.Text;
using ControlPlane.Adapters.Kubernetes.Access;
using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Kubernetes.Secrets;

/// <summary>
/// Reads the kubeconfigs of Secrets. One that cannot be used is a problem, and the last one of the same key that could stays in force.
/// </summary>
internal sealed class SecretKubeconfigs(TimeProvider time)
{
    private static readonly UTF8Encoding Text = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Dictionary<(NamespacedName Secret, string Key), NamedCluster> lastGood = [];

    /// <param name="data">In base64.</param>
    public NamedCluster Read(NamespacedName secret, string key, string data)
    {
        NamedCluster? good = lastGood.GetValueOrDefault((secret, key));
        string revision = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data)));
        if (good?.Revision == revision)
        {
            return good;
        }
        try
        {
            KubeconfigDocument document = KubeconfigDocument.OfSecret(Decode(data));
            Kubeconfig.Load(document, null, time).Dispose();
            return lastGood[(secret, key)] = new NamedCluster(key, revision, document, null);
        }
        catch (KubernetesException error)
        {
            string message = good is null ? error.Message : $"{error.Message}. What it held before stays in force";
            var problem = new Problem($"Secret {secret}", $"data[{key}]", message);
            return new NamedCluster(key, good?.Revision ?? $"unusable {revision}", good?.Kubeconfig, problem);
        }
    }

    /// <summary>What a Secret does not hold any more is not kept.</summary>
    public void Keep(IReadOnlySet<(NamespacedName Secret, string Key)> there)
    {
        foreach ((NamespacedName Secret, string Key) gone in lastGood.Keys.Where(known => !there.Contains(known)).ToArray())
        {
            lastGood.Remove(gone);
        }
    }

    private static string Decode(string data)
    {
        try
        {
            return Text.GetString(Convert.FromBase64String(data));
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw new KubernetesException("expected a kubeconfig, found no text");
        }
    }
}
