using System.Net;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Traffic;

namespace ControlPlane.Tests.EndToEnd.Kubernetes;

/// <summary>Pods of one service in a Kubernetes cluster, each with a real server behind its address.</summary>
internal sealed class KubernetesWorkloads(KubeApiServer server, string service, int targetPort = 0) : IAsyncDisposable
{
    private readonly Dictionary<string, Backend> pods = [];
    private readonly int port = targetPort != 0 ? targetPort : Loopback.FreePort();

    public IReadOnlyDictionary<string, Backend> Pods => pods;

    /// <summary>Nodes in the zones, and the service.</summary>
    public async Task CreateAsync(params (string Region, string Zone)[] zones)
    {
        foreach ((string region, string zone) in zones)
        {
            await server.ApplyAsync($$$$"""
                apiVersion: v1
                kind: Node
                metadata: {name: node-{{{{zone}}}}, labels: {topology.kubernetes.io/region: {{{{region}}}}, topology.kubernetes.io/zone: {{{{zone}}}}}}
                """);
        }
        await server.ApplyAsync($$$$"""
            apiVersion: v1
            kind: Service
            metadata: {name: {{{{service}}}}, namespace: default}
            spec: {ports: [{name: http, port: 80, targetPort: {{{{port}}}}}], selector: {app: {{{{service}}}}}}
            """);
    }

    /// <summary>A pod with a server that runs, ready or not.</summary>
    public async Task StartPodAsync(string name, string zone, bool ready = true)
    {
        pods[name] = await Backend.StartAsync(name, new IPEndPoint(IPAddress.Parse(Loopback.FreeAddress()), port));
        await server.ApplyAsync($$$$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: {{{{name}}}}, namespace: default, labels: {app: {{{{service}}}}}}
            spec: {nodeName: node-{{{{zone}}}}, serviceAccountName: {{{{service}}}}, containers: [{name: main, image: x}]}
            """);
        await SetReadyAsync(name, ready);
    }

    public Task SetReadyAsync(string name, bool ready) => server.PatchAsync($"/api/v1/namespaces/default/pods/{name}/status", $$$$"""
        {"status": {"phase": "Running", "podIP": "{{{{pods[name].Address}}}}", "podIPs": [{"ip": "{{{{pods[name].Address}}}}"}],
         "conditions": [{"type": "Ready", "status": "{{{{(ready ? "True" : "False")}}}}"}]}}
        """);

    /// <summary>Begins to terminate a pod: its server still runs.</summary>
    public Task TerminateAsync(string name) => server.DeleteAsync($"/api/v1/namespaces/default/pods/{name}", gracePeriod: 30);

    /// <summary>Ends a pod's server, and removes the pod.</summary>
    public async Task StopAsync(string name)
    {
        await pods[name].DisposeAsync();
        pods.Remove(name);
        await server.DeleteAsync($"/api/v1/namespaces/default/pods/{name}");
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(pods.Values.Select(pod => pod.DisposeAsync().AsTask()));
}
