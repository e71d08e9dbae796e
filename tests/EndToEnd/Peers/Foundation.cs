using System.Text.Json.Nodes;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>What a <see cref="CloudControllerStandIn"/> holds: organizations, spaces, apps, their routes, and their instances as they run.</summary>
public sealed class Foundation
{
    private const string Created = "2026-01-01T00:00:00Z";

    private readonly Lock gate = new();
    private readonly Dictionary<string, List<JsonObject>> lists = new()
    {
        ["organizations"] = [], ["spaces"] = [], ["apps"] = [], ["processes"] = [], ["routes"] = [],
    };

    private readonly Dictionary<string, SortedDictionary<int, JsonObject>> instances = [];
    private readonly HashSet<string> hidden = [];

    /// <summary>Pushes an app, as <c>cf push</c> does, with its process <c>web</c>.</summary>
    /// <returns>Its GUID.</returns>
    public string Push(string name, string space = "prod", string organization = "shop", string metadata = "{}", string[]? processes = null)
    {
        lock (gate)
        {
            string organizationGuid = Ensure("organizations", organization, () => []);
            string spaceGuid = Ensure("spaces", space, () => new JsonObject { ["organization"] = To(organizationGuid) }, organizationGuid);
            string guid = $"{name}-guid";
            lists["apps"].Add(new JsonObject
            {
                ["guid"] = guid, ["created_at"] = Created, ["updated_at"] = Created, ["name"] = name, ["state"] = "STARTED",
                ["lifecycle"] = new JsonObject { ["type"] = "buildpack", ["data"] = new JsonObject { ["buildpacks"] = new JsonArray(), ["stack"] = "cflinuxfs4" } },
                ["relationships"] = new JsonObject { ["space"] = To(spaceGuid) },
                ["metadata"] = JsonNode.Parse(metadata),
            });
            foreach (string type in processes ?? ["web"])
            {
                string process = Process(name, type);
                lists["processes"].Add(new JsonObject
                {
                    ["guid"] = process, ["created_at"] = Created, ["updated_at"] = Created, ["type"] = type, ["command"] = "[PRIVATE DATA HIDDEN IN LISTS]", ["instances"] = 1,
                    ["memory_in_mb"] = 256, ["disk_in_mb"] = 1024,
                    ["health_check"] = new JsonObject { ["type"] = "port", ["data"] = new JsonObject { ["timeout"] = null } },
                    ["relationships"] = new JsonObject { ["app"] = To(guid), ["revision"] = null },
                    ["metadata"] = new JsonObject { ["labels"] = new JsonObject(), ["annotations"] = new JsonObject() },
                });
                instances[process] = [];
            }
            return guid;
        }
    }

    /// <summary>Maps a route to an app, or to another of its processes or ports.</summary>
    public void Map(string app, string url, int? port = 8080, string protocol = "http1", string process = "web")
    {
        lock (gate)
        {
            JsonObject? route = lists["routes"].FirstOrDefault(known => known["url"]!.GetValue<string>() == url);
            if (route is null)
            {
                route = new JsonObject
                {
                    ["guid"] = $"route-{url}", ["created_at"] = Created, ["updated_at"] = Created, ["protocol"] = protocol == "tcp" ? "tcp" : "http",
                    ["host"] = url.Split('.')[0], ["path"] = "", ["port"] = null, ["url"] = url, ["destinations"] = new JsonArray(),
                    ["relationships"] = new JsonObject { ["space"] = App(app)["relationships"]!["space"]!.DeepClone(), ["domain"] = To("domain") },
                };
                lists["routes"].Add(route);
            }
            route["destinations"]!.AsArray().Add(new JsonObject
            {
                ["guid"] = $"destination-{app}-{port}", ["app"] = new JsonObject { ["guid"] = $"{app}-guid", ["process"] = new JsonObject { ["type"] = process } },
                ["weight"] = null, ["port"] = port, ["protocol"] = protocol,
            });
        }
    }

    /// <summary>An instance as it is now, with one port 8080 of its container.</summary>
    /// <param name="port">Of its cell; 0: only the port with TLS is open.</param>
    /// <param name="more">Further members of the stats, or others instead.</param>
    public void Run(string app, int index, string host, int port, string state = "RUNNING", string more = "", string process = "web")
    {
        var stats = new JsonObject
        {
            ["type"] = process, ["index"] = index, ["state"] = state, ["routable"] = true, ["host"] = host, ["instance_internal_ip"] = "10.255.0.7", ["uptime"] = 9042, ["mem_quota"] = 1073741824,
            ["usage"] = new JsonObject { ["time"] = Created, ["cpu"] = 0.0003, ["mem"] = 47603712 }, ["isolation_segment"] = null, ["details"] = null,
            ["instance_ports"] = new JsonArray(
                Ports(port, 8080, 61012, 61001), Ports(port, 8080, null, 61443), Ports(61003, 2222, 61013, 61002)),
        };
        foreach ((string name, JsonNode? value) in JsonNode.Parse("{" + more + "}")!.AsObject())
        {
            stats[name] = value?.DeepClone();
        }
        lock (gate)
        {
            instances[Process(app, process)][index] = stats;
        }
    }

    /// <summary>One that has crashed and has no place: nothing is said of where it is.</summary>
    public void Crash(string app, int index)
    {
        lock (gate)
        {
            instances[Process(app, "web")][index] = new JsonObject { ["type"] = "web", ["index"] = index, ["state"] = "DOWN", ["uptime"] = 0, ["isolation_segment"] = null, ["details"] = "no compatible cell" };
        }
    }

    public void Remove(string app, int index)
    {
        lock (gate)
        {
            instances[Process(app, "web")].Remove(index);
        }
    }

    /// <param name="state">STARTED or STOPPED.</param>
    public void SetState(string app, string state)
    {
        lock (gate)
        {
            App(app)["state"] = state;
        }
    }

    public void Delete(string app)
    {
        lock (gate)
        {
            lists["apps"].Remove(App(app));
            lists["processes"].RemoveAll(process => process["relationships"]!["app"]!["data"]!["guid"]!.GetValue<string>() == $"{app}-guid");
        }
    }

    /// <summary>Nobody may see an organization any more, nor what is in it; or again.</summary>
    public void Hide(string organization, bool isHidden = true)
    {
        lock (gate)
        {
            string guid = lists["organizations"].First(known => known["name"]!.GetValue<string>() == organization)["guid"]!.GetValue<string>();
            _ = isHidden ? hidden.Add(guid) : hidden.Remove(guid);
        }
    }

    internal IReadOnlyList<JsonObject> List(string list)
    {
        lock (gate)
        {
            return [.. lists[list].Where(item => !hidden.Contains(list == "organizations" ? Guid(item) : OrganizationOf(SpaceOf(item)) ?? "")).Select(item => (JsonObject)item.DeepClone())];
        }
    }

    internal JsonObject? Stats(string process)
    {
        lock (gate)
        {
            return instances.TryGetValue(process, out SortedDictionary<int, JsonObject>? all) ? new JsonObject { ["resources"] = new JsonArray([.. all.Values.Select(stats => stats.DeepClone())]) } : null;
        }
    }

    /// <summary>The GUID of the space that something is in; of a space its own.</summary>
    internal string? SpaceOf(JsonObject item)
    {
        lock (gate)
        {
            JsonNode? relations = item["relationships"];
            string? app = relations?["app"]?["data"]?["guid"]?.GetValue<string>();
            return relations?["space"]?["data"]?["guid"]?.GetValue<string>()
                ?? (app is null ? Guid(item) : lists["apps"].FirstOrDefault(known => Guid(known) == app)?["relationships"]!["space"]!["data"]!["guid"]!.GetValue<string>());
        }
    }

    internal string? OrganizationOf(string? space)
    {
        lock (gate)
        {
            return lists["spaces"].FirstOrDefault(known => Guid(known) == space)?["relationships"]!["organization"]!["data"]!["guid"]!.GetValue<string>();
        }
    }

    private string Ensure(string list, string name, Func<JsonObject> relationships, string within = "")
    {
        string guid = $"{within}{name}-{list}-guid";
        if (lists[list].All(known => Guid(known) != guid))
        {
            lists[list].Add(new JsonObject
            {
                ["guid"] = guid, ["created_at"] = Created, ["updated_at"] = Created, ["name"] = name, ["relationships"] = relationships(),
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["tier"] = $"{name}-tier" }, ["annotations"] = new JsonObject() },
            });
        }
        return guid;
    }

    private JsonObject App(string name) => lists["apps"].First(app => app["name"]!.GetValue<string>() == name);

    private static string Process(string app, string type) => type == "web" ? $"{app}-guid" : $"{app}-{type}-guid";

    private static string Guid(JsonObject item) => item["guid"]!.GetValue<string>();

    private static JsonObject To(string guid) => new() { ["data"] = new JsonObject { ["guid"] = guid } };

    private static JsonObject Ports(int external, int container, int? externalTls, int containerTls) => new()
    {
        ["external"] = external, ["internal"] = container, ["external_tls_proxy_port"] = externalTls, ["internal_tls_proxy_port"] = containerTls,
    };
}
