using ControlPlane.Adapters.Configuration;
using ControlPlane.Silo.Agent.Checks;
using ControlPlane.Silo.Rest;

namespace ControlPlane.Silo.Agent;

/// <summary>The services of a machine, as its operator writes them. See docs/sources/registrations.md.</summary>
internal static class AgentFile
{
    /// <param name="host">What ids begin with where the file does not say it.</param>
    /// <exception cref="InvalidDataException">All that is wrong with it.</exception>
    public static IReadOnlyList<AgentService> Read(string path, string host, HttpClient http)
    {
        var problems = new ProblemList(new Origin(path, HasLines: true));
        ConfigNode? document = YamlNodes.Read(File.ReadAllText(path), problems) is [var first, ..] ? first : null;
        AgentService[] services = [];
        if (document is MappingNode mapping)
        {
            var root = new FieldReader(mapping, mapping.Line, "", problems);
            string id = root.Text("id", Names.Identity) ?? host;
            string? cluster = root.Text("cluster", Names.Label);
            string? address = root.Text("address", Names.Address);
            services = [.. root.Mappings("services", required: true).Select(service => Service(service, id, cluster, address, http, problems))];
            root.RefuseOthers();
        }
        else if (problems.Count == 0)
        {
            problems.Add(1, "", "expected a mapping with cluster, address and services");
        }
        return problems.Count == 0 ? services : throw new InvalidDataException(string.Join('\n', problems.ToValueList()));
    }

    private static AgentService Service(FieldReader reader, string host, string? cluster, string? address, HttpClient http, ProblemList problems)
    {
        string name = reader.RequiredText("service", Names.Label);
        FieldReader place = reader.Mapping("locality");
        var body = new RegistrationBody(
            name,
            reader.Text("namespace", Names.Label),
            reader.Text("cluster", Names.Label) ?? cluster,
            reader.Text("address", Names.Address) ?? address,
            [.. reader.Mappings("ports", required: true).Select(Port)],
            null,
            reader.Number("weight", 1, 10_000),
            new RegistrationBody.Place(place.Text("region"), place.Text("zone"), place.Text("subZone")),
            reader.Text("identity", Names.Identity),
            reader.Number("leaseSeconds", 3, 3600),
            null);
        string id = $"{host}/{reader.Text("id", Names.Identity) ?? name}";
        FieldReader check = reader.Mapping("check");
        var times = new CheckTimes(
            TimeSpan.FromSeconds(check.Number("intervalSeconds", 1, 3600) ?? 5), TimeSpan.FromSeconds(check.Number("timeoutSeconds", 1, 300) ?? 2),
            check.Number("failures", 1, 100) ?? 2, check.Number("successes", 1, 100) ?? 1);
        var service = new AgentService(id, body, reader.Has("check") ? Check(check, http) : null, times);
        place.RefuseOthers();
        reader.RefuseOthers();
        var errors = new Dictionary<string, string[]>();
        if (problems.Count == 0 && body.Read(id, errors) is null)
        {
            foreach ((string field, string[] wrong) in errors)
            {
                reader.Refuse(field, wrong[0]);
            }
        }
        return service;
    }

    private static RegistrationBody.Port Port(FieldReader reader)
    {
        var port = new RegistrationBody.Port(reader.RequiredNumber("port", 1, 65535), reader.Number("servicePort", 1, 65535), reader.Choice("protocol", PortProtocol.Words));
        reader.RefuseOthers();
        return port;
    }

    private static IHealthCheck? Check(FieldReader reader, HttpClient http)
    {
        string[] kinds = [.. ((string[])["http", "tcp", "grpc", "command"]).Where(reader.Has)];
        if (kinds.Length != 1)
        {
            reader.Refuse("", "expected one of http, tcp, grpc and command");
        }
        IHealthCheck? check = null;
        if (reader.Url("http") is { } url)
        {
            check = new HttpCheck(url, http);
        }
        if (reader.Text("tcp") is { } target)
        {
            int colon = target.LastIndexOf(':');
            if (colon > 0 && int.TryParse(target[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535)
            {
                check = new TcpCheck(target[..colon].Trim('[', ']'), port);
            }
            else
            {
                reader.Refuse("tcp", $"expected host:port, found '{target}'");
            }
        }
        string service = reader.Text("grpcService", name => name.Length <= 100 ? null : "expected at most 100 characters") ?? "";
        if (reader.Url("grpc") is { } server)
        {
            check = new GrpcCheck(server, service, http);
        }
        if (reader.Texts("command", Names.NotEmpty) is { Count: > 0 } command)
        {
            check = new CommandCheck([.. command]);
        }
        reader.RefuseOthers();
        return check;
    }
}
