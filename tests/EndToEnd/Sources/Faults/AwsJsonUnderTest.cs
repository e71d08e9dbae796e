using System.Net;
using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

/// <summary>A registry that speaks JSON.</summary>
public abstract class AwsJsonUnderTest(string name) : AwsUnderTest(name)
{
    protected override Fault Error(AwsFault fault)
    {
        string code = fault switch
        {
            AwsFault.Throttled => "ThrottlingException",
            AwsFault.WrongCredentials => "UnrecognizedClientException",
            AwsFault.Expired => "ExpiredTokenException",
            AwsFault.Denied => "AccessDeniedException",
            _ => "ClientException",
        };
        // Messages about credentials may repeat them.
        string message = fault == AwsFault.Expired ? "the token testing0 is expired" : $"said {code}";
        return Fault.Answer(HttpStatusCode.BadRequest, new JsonObject { ["__type"] = $"com.amazonaws#{code}", ["message"] = message }.ToJsonString(), ("Content-Type", "application/x-amz-json-1.1"));
    }

    protected override string Emptied(string answer)
    {
        JsonObject page = JsonNode.Parse(answer)!.AsObject();
        foreach (string list in page.Where(pair => pair.Value is JsonArray).Select(pair => pair.Key).ToArray())
        {
            page[list] = new JsonArray();
        }
        foreach (string next in (string[])["nextToken", "NextToken", "NextMarker"])
        {
            page.Remove(next);
        }
        return page.ToJsonString();
    }
}
