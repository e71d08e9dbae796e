using System.Globalization;

namespace ControlPlane.Tests.EndToEnd.Kubernetes;

/// <summary>YAML and JSON of objects that tests use.</summary>
internal static class KubernetesObjects
{
    public static string Service(string name, string ports = "{name: http, port: 80, targetPort: 8080}", string more = "") => $$"""
        apiVersion: v1
        kind: Service
        metadata: {name: {{name}}, namespace: default}
        spec: {ports: [{{ports}}], selector: {app: {{name}}}{{more}}}
        """;

    public static string Slice(string service, string suffix, params string[] endpoints) => $$$"""
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: {{{service}}}-{{{suffix}}}, namespace: default, labels: {kubernetes.io/service-name: {{{service}}}}}
        addressType: IPv4
        ports: [{name: http, port: 8080, protocol: TCP}]
        endpoints: [{{{string.Join(", ", endpoints)}}}]
        """;

    public static string Endpoint(string address, string conditions = "ready: true", string more = "") =>
        $"{{addresses: [{address}], conditions: {{{conditions}}}{more}}}";

    public static string ServiceJson(int number) => string.Create(CultureInfo.InvariantCulture, $$"""
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "svc-{{number}}" }, "spec": {"ports": [{"name": "http", "port": 80}] } }
        """);
}
