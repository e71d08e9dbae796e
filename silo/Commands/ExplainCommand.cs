using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ControlPlane.Model.Sources;
using ControlPlane.Silo.Rest;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Commands;

/// <summary><c>controlplane explain FROM TO</c>.</summary>
internal static class ExplainCommand
{
    private static readonly Argument<string> From = new("FROM") { Description = "Who calls: a connected proxy's node id, or CLUSTER, or CLUSTER@REGION/ZONE" };
    private static readonly Argument<string> To = new("TO") { Description = "What is called: [MESH/]NAMESPACE/NAME[:PORT]" };
    private static readonly Option<Uri> Server = Parsing.Server();
    private static readonly Option<bool> Json = new("--json") { Description = "As the REST API has it" };

    public static Command Create()
    {
        var command = new Command("explain", "Says where a caller's requests to a service go, and why") { From, To, Server, Json };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            try
            {
                using var client = new RestClient(arguments.GetRequiredValue(Server));
                JsonNode answer = await client.GetAsync(
                    $"{RestApi.Prefix}/explain?from={Uri.EscapeDataString(arguments.GetRequiredValue(From))}&to={Uri.EscapeDataString(arguments.GetRequiredValue(To))}", cancellationToken);
                if (arguments.GetValue(Json))
                {
                    Console.Out.WriteLine(answer.ToJsonString(new JsonSerializerOptions(RestJson.Options) { WriteIndented = true }));
                }
                else
                {
                    Terminal.Print(Tree(answer.Deserialize<ExplanationView>(RestJson.Options)!));
                }
                return 0;
            }
            catch (InvalidDataException exception)
            {
                return Terminal.Fail(exception.Message);
            }
        });
        return command;
    }

    private static TextTree Tree(ExplanationView explanation)
    {
        CallerView from = explanation.From;
        var tree = new TextTree($"{from.Proxy ?? from.Cluster} ({from.Locality}, cluster {from.Cluster}, network {from.Network}) to {explanation.To}:{Number(explanation.Port)}");
        if (explanation.ExternalName is { } host)
        {
            tree.Add($"it is the host name {host}: the proxy resolves it");
        }
        foreach (TierView tier in explanation.Tiers)
        {
            TextTree branch = tree.Add($"{Number(tier.Load)} % {tier.Why}: {Number(tier.Healthy)} of {Number(tier.Declared)} healthy");
            foreach (TierLocalityView locality in tier.Localities)
            {
                string place = locality.Locality.ToString() is { Length: > 0 } known ? known : "an unknown place";
                TextTree leaf = branch.Add($"{Number(locality.Share)} % {place}: {Number(locality.RoundTripMs)} ms, {Number(locality.PricePerGb)} $/GB");
                AddEndpoints(leaf, locality.Endpoints);
                foreach (CalledGatewayView gateway in locality.Gateways)
                {
                    TextTree through = leaf.Add(
                        $"{Number(gateway.Share)} % through {string.Join(", ", gateway.Path)} ({string.Join(", ", gateway.Addresses)}): "
                        + (gateway.Endpoints.Count == 0 ? "stands by" : $"stands for {Number(gateway.Healthy)} of {Number(gateway.Declared)} healthy, {Number(gateway.RoundTripMs)} ms, {Number(gateway.PricePerGb)} $/GB"));
                    AddEndpoints(through, gateway.Endpoints);
                    foreach (CandidateView other in gateway.Considered.Where(other => other.WhyNot is not null))
                    {
                        through.Add($"not {(other.Gateways.Count == 0 ? "directly" : $"through {string.Join(", ", other.Gateways)}")}: {other.WhyNot}");
                    }
                }
            }
        }
        if (explanation.NotUsed.Count > 0)
        {
            TextTree branch = tree.Add("not called");
            foreach (NotUsedView endpoint in explanation.NotUsed)
            {
                branch.Add($"{endpoint.Address} of {endpoint.Cluster}, {endpoint.Health}: {endpoint.Reason}");
            }
        }
        foreach ((string field, string source) in explanation.Policy.SetBy)
        {
            tree.Add($"{field} is set by {source}");
        }
        foreach (SourceStateView source in explanation.Sources)
        {
            string state = source.State is { } known and not SourceState.Live ? $" is {known} since {source.Since:u}: {source.Reason}" : "";
            tree.Add($"known from {source.Name} ({source.Origin}){state}");
        }
        if (explanation.Proxy is { } proxy)
        {
            tree.Add(proxy.Rejection is { } words ? $"the proxy has rejected the newest: {words}" : $"the proxy is {proxy.State}");
        }
        return tree;
    }

    private static void AddEndpoints(TextTree tree, IEnumerable<CalledEndpointView> endpoints)
    {
        foreach (CalledEndpointView endpoint in endpoints)
        {
            tree.Add($"{Number(endpoint.Share)} % {endpoint.Address}:{Number(endpoint.Port)} {endpoint.Health}, {endpoint.Path}{(endpoint.Workload is { } workload ? $", {workload}" : "")}");
        }
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
