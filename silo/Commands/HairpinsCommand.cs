using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using ControlPlane.Silo.Rest;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Commands;

/// <summary><c>controlplane hairpins</c>: calls that take a longer way than they would have to.</summary>
internal static class HairpinsCommand
{
    private static readonly Option<Uri> Server = Parsing.Server();
    private static readonly Option<string> Service = new("--service") { Description = "Only calls to this service: MESH/NAMESPACE/NAME", DefaultValueFactory = _ => "" };
    private static readonly Option<string> Cluster = new("--cluster") { Description = "Only callers in this cluster", DefaultValueFactory = _ => "" };
    private static readonly Option<bool> Json = new("--json") { Description = "Prints them for machines" };
    private static readonly Option<bool> Check = new("--exit-code") { Description = "Exits with 2 if requests take any, for scripts" };

    public static Command Create()
    {
        var command = new Command("hairpins",
            """
            Lists calls that leave their zone, region or network through a gateway although a cheaper way would do, with what stands in its way: a missing link,
            a gateway that is far away, a policy, a route to the public name of a gateway of one's own. Those with a share of 0 are avoided: routing goes
            another way, and says what it would have been.
            """)
        {
            Server, Service, Cluster, Json, Check,
        };
        command.SetAction(async (arguments, cancellationToken) =>
        {
            try
            {
                using var client = new RestClient(arguments.GetRequiredValue(Server));
                JsonArray items = await client.ListAsync(
                    "hairpins", [new("service", arguments.GetRequiredValue(Service)), new("cluster", arguments.GetRequiredValue(Cluster))], cancellationToken);
                HairpinView[] hairpins = [.. items.Select(item => item.Deserialize<HairpinView>(RestJson.Options)!)];
                if (arguments.GetValue(Json))
                {
                    Console.Out.WriteLine(items.ToJsonString(new JsonSerializerOptions(RestJson.Options) { WriteIndented = true }));
                }
                else if (hairpins.Length == 0)
                {
                    Console.Out.WriteLine("none: every call takes the cheapest way that there is");
                }
                else
                {
                    Terminal.Print(
                        ["from", "to", "share", "path", "instead of", "extra ms", "extra $/GB", "because"],
                        [.. hairpins.Select(item => (IReadOnlyList<string>)[
                            item.From, item.To, $"{Number(item.Load)} %", string.Join(" > ", item.Path), string.Join(" > ", item.Alternative), Number(item.ExtraMs),
                            Number(item.ExtraPricePerGb), item.Obstacle])]);
                }
                return arguments.GetValue(Check) && hairpins.Any(item => item.IsTaken) ? 2 : 0;
            }
            catch (InvalidDataException exception)
            {
                return Terminal.Fail(exception.Message);
            }
        });
        return command;
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
