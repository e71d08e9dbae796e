using System.Globalization;
using System.Net;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Configuration;

/// <summary><c>spec.endpoints</c> of a <c>Service</c>.</summary>
internal static class EndpointDecoder
{
    // Sums of weights have to stay within 32 bits on their way to Envoy.
    public const int MaximumWeight = 10_000;

    private static readonly Dictionary<string, Health> Healths = Enum.GetValues<Health>().ToDictionary(health => health.ToString(), StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, Speaks> Speech = new(StringComparer.OrdinalIgnoreCase)
    {
        ["plaintext"] = Speaks.Plaintext, ["mtls"] = Speaks.Mtls,
    };

    public static ValueList<EndpointDeclaration> Decode(FieldReader spec, ValueList<ServicePort> ports, DecodeContext context)
    {
        var taken = new Dictionary<(string Address, int Port), string>();
        return spec.Mappings("endpoints").Select(reader => Decode(reader, ports, taken, context)).ToValueList();
    }

    private static EndpointDeclaration Decode(
        FieldReader reader, ValueList<ServicePort> ports, Dictionary<(string, int), string> taken, DecodeContext context)
    {
        string address = reader.RequiredText("address", Names.Address);
        string cluster = reader.RequiredText("cluster", Names.Label);
        if (cluster.Length > 0)
        {
            context.Refer(reader, "cluster", "Cluster", "", cluster);
        }
        var endpoint = new Endpoint
        {
            Address = address.Length > 0 ? IPAddress.Parse(address).ToString() : "",
            Ports = TargetPorts(reader, ports),
            Cluster = cluster,
            Weight = reader.Number("weight", 1, MaximumWeight) ?? 1,
            Health = reader.Choice("health", Healths) ?? Health.Healthy,
            Locality = LocalityDecoder.Decode(reader.Mapping("locality")),
            Workload = reader.Text("workload", Names.NotEmpty) ?? "",
            Identity = reader.Text("identity", Names.Identity) ?? "",
            Speaks = reader.Choice("speaks", Speech) ?? Speaks.Plaintext,
            Labels = LabelsDecoder.Decode(reader.Mapping("labels")),
        };
        reader.RefuseOthers();
        foreach (int port in endpoint.Ports.Where(port => port > 0 && address.Length > 0).Distinct())
        {
            if (!taken.TryAdd((endpoint.Address, port), reader.Path))
            {
                reader.Refuse("address", $"{endpoint.Address} with port {port} is also {taken[(endpoint.Address, port)]}: remove one");
            }
        }
        return new EndpointDeclaration(endpoint, context.Problems.Where(reader.LineOf("cluster")), reader.PathOf("cluster"));
    }

    /// <summary>The port that serves each port of the service: the same number where nothing is said.</summary>
    private static ValueList<int> TargetPorts(FieldReader endpoint, ValueList<ServicePort> ports)
    {
        int[] targets = [.. ports.Select(port => port.Port)];
        if (endpoint.Number("port", 1, 65535) is { } only)
        {
            if (ports.Count > 1)
            {
                endpoint.Refuse("port", "the service has several ports: name them in the field ports");
            }
            else if (endpoint.Has("ports"))
            {
                endpoint.Refuse("port", "there is also the field ports: remove one");
            }
            return targets.Select(_ => only).ToValueList();
        }
        FieldReader reader = endpoint.Mapping("ports");
        bool[] named = new bool[targets.Length];
        foreach (string key in reader.Names)
        {
            int index = IndexOf(key, ports);
            if (index < 0)
            {
                IEnumerable<string> known = ports.Select(port => port.Name.Length > 0 ? port.Name : Number(port));
                string hint = Suggestion.For(key, known);
                reader.Refuse(key, "the service has no port of this name or number" + (hint.Length > 0 ? hint : $"; it has {string.Join(", ", known)}"));
            }
            else if (named[index])
            {
                reader.Refuse(key, "this port is there twice, by name and by number: remove one");
            }
            else if (reader.Number(key, 0, 65535) is { } target)
            {
                targets[index] = target;
                named[index] = true;
            }
        }
        return targets.ToValueList();
    }

    private static int IndexOf(string key, ValueList<ServicePort> ports)
    {
        for (int i = 0; i < ports.Count; i++)
        {
            if ((ports[i].Name.Length > 0 && ports[i].Name == key) || Number(ports[i]) == key)
            {
                return i;
            }
        }
        return -1;
    }

    private static string Number(ServicePort port) => port.Port.ToString(CultureInfo.InvariantCulture);
}
