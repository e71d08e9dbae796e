using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>A Consul datacenter of a test's own: one server, which is the agent too, on ports of its own.</summary>
public sealed class ConsulServer : IAsyncDisposable
{
    /// <summary>May do all, where there are ACLs.</summary>
    public const string ManagementToken = "7d1f0c5e-3c4b-4f0e-9d55-0b1a6f2e8c11";

    private readonly TemporaryFolder folder = new();
    private readonly bool keepsData;
    private readonly HttpClient http;
    private ChildProcess? process;

    private ConsulServer(bool withAcls, bool keepsData, int maxConnections)
    {
        this.keepsData = keepsData;
        Port = Loopback.FreePorts(4);
        http = new HttpClient { BaseAddress = Address };
        if (withAcls)
        {
            http.DefaultRequestHeaders.Add("X-Consul-Token", ManagementToken);
        }
        string acls = withAcls ? $$$""", "acl": {"enabled": true, "default_policy": "deny", "tokens": {"master": "{{{ManagementToken}}}"}}""" : "";
        folder.Write("consul.json", string.Create(CultureInfo.InvariantCulture, $$"""
            {
              "bind_addr": "127.0.0.1", "client_addr": "127.0.0.1", "advertise_addr": "127.0.0.1", "disable_update_check": true,
              "performance": {"raft_multiplier": 1},
              "ports": {"http": {{Port}}, "https": -1, "grpc": -1, "dns": -1, "serf_lan": {{Port + 1}}, "serf_wan": {{Port + 2}}, "server": {{Port + 3}}},
              "limits": {"http_max_conns_per_client": {{maxConnections}}}{{acls}}
            }
            """));
    }

    public int Port { get; }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}"));

    /// <param name="withAcls">Nothing may be read without a token.</param>
    /// <param name="keepsData">What was registered is still there after a restart.</param>
    /// <param name="maxConnections">Of one client; more are answered with 429. 200 is Consul's own default.</param>
    public static async Task<ConsulServer> StartAsync(bool withAcls = false, bool keepsData = false, int maxConnections = 200)
    {
        var server = new ConsulServer(withAcls, keepsData, maxConnections);
        await server.LaunchAsync();
        return server;
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Starts again on the same ports.</summary>
    public async Task RestartAsync()
    {
        if (!process!.HasExited)
        {
            await KillAsync();
        }
        await process.DisposeAsync();
        await LaunchAsync();
    }

    /// <summary>STOP and CONT: a server that is there and does not answer.</summary>
    public void Signal(string name) => process!.Signal(name);

    /// <summary>Registers an instance at the agent, with a check that a test sets.</summary>
    /// <param name="more">Further members of the service, <c>"Tags": ["a"]</c>.</param>
    public Task RegisterAsync(string service, string id, string address, int port, string status = "passing", string more = "") =>
        PutAsync("agent/service/register", string.Create(CultureInfo.InvariantCulture, $$"""
            {"Name": "{{service}}", "ID": "{{id}}", "Address": "{{address}}", "Port": {{port}},
             "Check": {"CheckID": "check:{{id}}", "TTL": "1h", "Status": "{{status}}"}{{(more.Length == 0 ? "" : ", " + more)}}}
            """));

    /// <param name="status">pass, warn or fail.</param>
    public Task SetCheckAsync(string id, string status) => PutAsync($"agent/check/{status}/check:{id}");

    public Task SetMaintenanceAsync(string id, bool isOn) => PutAsync($"agent/service/maintenance/{id}?enable={(isOn ? "true" : "false")}");

    public Task DeregisterAsync(string id) => PutAsync($"agent/service/deregister/{id}");

    /// <summary>Writes into the catalog, as something that is no agent does: nodes, services and checks elsewhere.</summary>
    public Task RegisterExternalAsync(string json) => PutAsync("catalog/register", json);

    public Task DeregisterExternalAsync(string json) => PutAsync("catalog/deregister", json);

    /// <summary>Makes a token with the rules of an ACL policy.</summary>
    public async Task<string> CreateTokenAsync(string rules)
    {
        string name = $"policy-{Guid.NewGuid():N}";
        await PutAsync("acl/policy", new JsonObject { ["Name"] = name, ["Rules"] = rules }.ToJsonString());
        string answer = await PutAsync("acl/token", $$"""{"Policies": [{"Name": "{{name}}"}]}""");
        return (string)JsonNode.Parse(answer)!["SecretID"]!;
    }

    /// <summary>From now on the token is not known.</summary>
    public async Task DeleteTokenAsync(string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/v1/acl/token/self", UriKind.Relative));
        request.Headers.Add("X-Consul-Token", secret);
        using HttpResponseMessage self = await http.SendAsync(request);
        string accessor = (string)JsonNode.Parse(await self.Content.ReadAsStringAsync())!["AccessorID"]!;
        using HttpResponseMessage answer = await http.DeleteAsync(new Uri($"/v1/acl/token/{accessor}", UriKind.Relative));
        answer.EnsureSuccessStatusCode();
    }

    public async Task<string> PutAsync(string path, string json = "")
    {
        using HttpResponseMessage response = await http.PutAsync(new Uri($"/v1/{path}", UriKind.Relative), new StringContent(json));
        string answer = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? answer : throw new InvalidOperationException($"PUT {path}: {(int)response.StatusCode} {answer}");
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            process.Signal("CONT");
            await process.DisposeAsync();
        }
        http.Dispose();
        folder.Dispose();
    }

    private async Task LaunchAsync()
    {
        string[] kind = keepsData ? ["-server", "-bootstrap-expect=1", $"-data-dir={folder.File("data")}"] : ["-dev"];
        process = ChildProcess.Start(
            Peer.Installed("consul/usr/bin/consul"), ["agent", .. kind, "-node=dev1", "-log-level=warn", $"-config-file={folder.File("consul.json")}"]);
        await Eventually.Until(IsReadyAsync, TimeSpan.FromSeconds(30), () => process.Output);
    }

    // With a leader, which has registered itself, and with the token of the configuration.
    private async Task<bool> IsReadyAsync()
    {
        process!.HasExited.ShouldBeFalse(process.Output);
        try
        {
            using HttpResponseMessage response = await http.GetAsync(new Uri("/v1/health/service/consul?consistent", UriKind.Relative));
            return response.StatusCode == HttpStatusCode.OK && (await response.Content.ReadFromJsonAsync<JsonArray>())!.Count > 0;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
