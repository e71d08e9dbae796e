using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ControlPlane.Adapters.Configuration;

namespace ControlPlane.Adapters.Kubernetes.Access;

/// <summary>Reads a kubeconfig. See https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/.</summary>
internal static class Kubeconfig
{
    /// <param name="contextName">Null: <c>current-context</c>.</param>
    /// <exception cref="KubernetesException">The file cannot be used.</exception>
    public static ClusterAccess Load(string path, string? contextName, TimeProvider time) => Load(KubeconfigDocument.OfFile(path), contextName, time);

    /// <param name="contextName">Null: <c>current-context</c>.</param>
    /// <exception cref="KubernetesException">The kubeconfig cannot be used.</exception>
    public static ClusterAccess Load(KubeconfigDocument document, string? contextName, TimeProvider time)
    {
        string name = contextName ?? document.Root.Text("current-context") ?? throw document.Wrong("it has no current-context: name a context");
        KubeconfigSection context = document.Named("contexts", name, "context");
        KubeconfigSection cluster = document.Named("clusters", context.Required("cluster"), "cluster");
        KubeconfigSection user = context.Text("user") is { } userName
            ? document.Named("users", userName, "user")
            : new KubeconfigSection(document, MappingNode.Empty, "users");
        string server = cluster.Required("server");
        if (!Uri.TryCreate(server, UriKind.Absolute, out Uri? address) || address.Scheme is not ("https" or "http"))
        {
            throw cluster.Wrong($"server: expected an address such as https://host:6443{cluster.Found(server)}");
        }
        bool skips = cluster.Text("insecure-skip-tls-verify") == "true";
        return new ClusterAccess
        {
            Server = address,
            ServerName = cluster.Text("tls-server-name"),
            SkipsVerification = skips,
            Authorities = skips ? null : Authorities(cluster),
            ClientCertificate = ClientCertificate(user),
            Token = Token(user, time),
        };
    }

    private static X509Certificate2Collection? Authorities(KubeconfigSection cluster)
    {
        if (cluster.Bytes("certificate-authority") is not { } pem)
        {
            return null;
        }
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(Encoding.UTF8.GetString(pem));
        }
        catch (CryptographicException error)
        {
            throw cluster.Wrong($"certificate-authority: {error.Message}");
        }
        return authorities.Count > 0 ? authorities : throw cluster.Wrong("certificate-authority: there is no certificate in it");
    }

    private static X509Certificate2? ClientCertificate(KubeconfigSection user)
    {
        byte[]? certificate = user.Bytes("client-certificate");
        byte[]? key = user.Bytes("client-key");
        if (certificate is null && key is null)
        {
            return null;
        }
        if (certificate is null || key is null)
        {
            throw user.Wrong("client-certificate and client-key: expected both or none");
        }
        try
        {
            using var pair = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(certificate), Encoding.UTF8.GetString(key));
            // A key straight from PEM cannot be used for TLS on every system.
            return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw user.Wrong($"client-certificate and client-key: {error.Message}");
        }
    }

    private static BearerToken? Token(KubeconfigSection user, TimeProvider time)
    {
        foreach (string field in new[] { "exec", "auth-provider", "username" })
        {
            if (user.Has(field))
            {
                throw user.Wrong($"{field}: not supported yet: use a token{(user.MayNameFiles ? ", a tokenFile" : "")} or a client certificate");
            }
        }
        // As kubectl has it, the file wins.
        return user.PathIn("tokenFile", "token") is { } file ? BearerToken.OfFile(file, time)
            : user.Text("token") is { } token ? BearerToken.Fixed(token)
            : null;
    }
}
