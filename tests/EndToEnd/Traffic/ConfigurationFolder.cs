using System.Globalization;

namespace ControlPlane.Tests.EndToEnd.Traffic;

/// <summary>Configuration in a folder, as a user would write it.</summary>
public sealed class ConfigurationFolder : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public ConfigurationFolder() => Write("clusters.yaml", """
        apiVersion: controlplane.io/v1alpha1
        kind: Cluster
        metadata: {name: eu-a}
        spec: {locality: {region: eu, zone: a}}
        ---
        apiVersion: controlplane.io/v1alpha1
        kind: Cluster
        metadata: {name: eu-b}
        spec: {locality: {region: eu, zone: b}}
        ---
        apiVersion: controlplane.io/v1alpha1
        kind: Cluster
        metadata: {name: us-c}
        spec: {locality: {region: us, zone: c}}
        """);

    public string Path => folder.Path;

    /// <summary>Writes beside the file and renames, as careful editors do.</summary>
    public void Write(string name, string text)
    {
        string temporary = folder.Write("." + name, text);
        File.Move(temporary, folder.File(name), overwrite: true);
    }

    public void Delete(string name) => File.Delete(folder.File(name));

    /// <summary>A service of the namespace <c>shop</c>.</summary>
    public void Service(string name, IEnumerable<(Backend Backend, string Cluster, string Health)> endpoints, string port = "{name: http, port: 80}") =>
        Write($"{name}.yaml", $$"""
            apiVersion: controlplane.io/v1alpha1
            kind: Service
            metadata: {name: {{name}}, namespace: shop}
            spec:
              ports:
              - {{port}}
              endpoints:{{(endpoints.Any() ? "" : " []")}}
            {{string.Join('\n', endpoints.Select(endpoint => string.Create(
                CultureInfo.InvariantCulture,
                $"  - {{address: {endpoint.Backend.Address}, port: {endpoint.Backend.Port}, cluster: {endpoint.Cluster}, health: {endpoint.Health}, workload: {endpoint.Backend.Name}}}")))}}
            """);

    public void Dispose() => folder.Dispose();
}
