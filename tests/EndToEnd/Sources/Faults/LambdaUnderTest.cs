using System.Net;
using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

public sealed class LambdaUnderTest() : AwsJsonUnderTest("lambda")
{
    protected override Fault Error(AwsFault fault)
    {
        (string code, HttpStatusCode status) = fault switch
        {
            AwsFault.Throttled => ("TooManyRequestsException", HttpStatusCode.TooManyRequests),
            AwsFault.WrongCredentials => ("UnrecognizedClientException", HttpStatusCode.Forbidden),
            AwsFault.Expired => ("ExpiredTokenException", HttpStatusCode.Forbidden),
            AwsFault.Denied => ("AccessDeniedException", HttpStatusCode.Forbidden),
            _ => ("InvalidParameterValueException", HttpStatusCode.BadRequest),
        };
        return Fault.Answer(status, $$"""{"Type": "User", "Message": "said {{code}}"}""", ("x-amzn-ErrorType", $"{code}:http://internal.amazon.com/coral/"));
    }

    protected override bool IsSecondPage(FaultedRequest request) => request.Query.Contains("Marker=", StringComparison.Ordinal);

    protected override Task MakeSecondPageAsync() => AddToListsAsync("\"Functions\":", "\"NextMarker\": \"page-2\"");

    protected override bool IsList(FaultedRequest request) => request.Path == "/2015-03-31/functions/";

    protected override string MakeUnhealthy(string answer, string name)
    {
        if (!answer.Contains($"\"FunctionName\": \"{name}\"", StringComparison.Ordinal) || answer.Contains("\"Functions\"", StringComparison.Ordinal))
        {
            return answer;
        }
        JsonNode configuration = JsonNode.Parse(answer)!;
        configuration["State"] = "Failed";
        return configuration.ToJsonString();
    }
}
