using System.Globalization;

namespace ControlPlane.Tests.Benchmarks;

/// <summary>A service of ten endpoints, as files and as Kubernetes objects, the same that the fleet changes.</summary>
internal static class ServiceFile
{
    public const int Endpoints = 10;

    public static string Write(int number) => Head("svc-" + number.ToString(CultureInfo.InvariantCulture))
        + string.Join('\n', Enumerable.Range(1, Endpoints).Select(i => $"  - {{address: 10.0.0.{i}, port: 9001, cluster: bench, locality: {{region: r1, zone: z{(i % 3) + 1}}}}}")) + "\n";

    /// <summary>For the fleet, which fills in the endpoints.</summary>
    public static string Template { get; } = Head("{{service}}") + "{{endpoints}}\n";

    public const string EndpointTemplate = "  - {address: {{address}}, port: {{port}}, cluster: bench, locality: {region: {{region}}, zone: {{zone}}}}";

    /// <summary>An EndpointSlice whose port is the fleet's mark.</summary>
    /// <param name="block">The services of different blocks have no address in common.</param>
    public static string Slice(string service, string port, int endpoints = Endpoints, int block = 0) =>
        """{"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"SERVICE-x","namespace":"default","labels":{"kubernetes.io/service-name":"SERVICE"}},"addressType":"IPv4","ports":[{"name":"http","port":PORT,"protocol":"TCP"}],"endpoints":["""
            .Replace("SERVICE", service, StringComparison.Ordinal).Replace("PORT", port, StringComparison.Ordinal)
        + string.Join(',', Enumerable.Range(1, endpoints).Select(i => $$"""{"addresses":["10.{{block / 250}}.{{block % 250}}.{{i}}"],"conditions":{"ready":true},"zone":"z{{(i % 3) + 1}}"}""")) + "]}";

    private static string Head(string name) => $$"""
        apiVersion: controlplane.io/v1alpha1
        kind: Service
        metadata: {name: {{name}}, namespace: default}
        spec:
          ports: [{name: http, port: 80}]
          endpoints:

        """;
}
