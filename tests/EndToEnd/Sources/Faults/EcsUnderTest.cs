using System.Text.Json.Nodes;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

public sealed class EcsUnderTest() : AwsJsonUnderTest("ecs")
{
    protected override bool IsSecondPage(FaultedRequest request) => request.Operation.EndsWith(".ListTasks", StringComparison.Ordinal) && request.Body.Contains("\"nextToken\":\"", StringComparison.Ordinal);

    protected override Task MakeSecondPageAsync() => AddToListsAsync("\"taskArns\":", "\"nextToken\": \"page-2\"");

    protected override bool IsList(FaultedRequest request) => request.Operation.EndsWith(".ListClusters", StringComparison.Ordinal);

    protected override string MakeUnhealthy(string answer, string name)
    {
        if (!answer.Contains("\"tasks\"", StringComparison.Ordinal))
        {
            return answer;
        }
        JsonNode page = JsonNode.Parse(answer)!;
        foreach (JsonNode? task in page["tasks"]!.AsArray())
        {
            if (task!["taskArn"]!.GetValue<string>() == name)
            {
                task["healthStatus"] = "UNHEALTHY";
            }
        }
        return page.ToJsonString();
    }
}
