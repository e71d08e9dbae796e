using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

public sealed partial class Ec2UnderTest() : AwsUnderTest("ec2")
{
    protected override Fault Error(AwsFault fault)
    {
        (string code, HttpStatusCode status) = fault switch
        {
            AwsFault.Throttled => ("RequestLimitExceeded", HttpStatusCode.ServiceUnavailable),
            AwsFault.WrongCredentials => ("AuthFailure", HttpStatusCode.Unauthorized),
            AwsFault.Expired => ("RequestExpired", HttpStatusCode.BadRequest),
            AwsFault.Denied => ("UnauthorizedOperation", HttpStatusCode.Forbidden),
            _ => ("InvalidParameterValue", HttpStatusCode.BadRequest),
        };
        return Fault.Answer(status, $"<Response><Errors><Error><Code>{code}</Code><Message>said {code}</Message></Error></Errors><RequestID>1</RequestID></Response>");
    }

    protected override bool IsSecondPage(FaultedRequest request) => request.Body.Contains("Action=DescribeInstances&", StringComparison.Ordinal) && request.Body.Contains("&NextToken=", StringComparison.Ordinal);

    protected override bool IsList(FaultedRequest request) => request.Body.Contains("Action=DescribeInstances&", StringComparison.Ordinal);

    protected override string Emptied(string answer) => NextToken().Replace(Reservations().Replace(answer, "<reservationSet/>"), "");

    protected override string MakeUnhealthy(string answer, string name) => Status().Replace(
        answer, item => item.Value.Contains(name, StringComparison.Ordinal) ? item.Value.Replace("<status>ok</status>", "<status>impaired</status>", StringComparison.Ordinal) : item.Value);

    protected override Task<int> AddManyAsync(int count) => WriteManyAsync(count, "<reservationSet>", i => string.Create(CultureInfo.InvariantCulture, $"""
        <item><instancesSet><item>
        <instanceId>i-{i:00000}</instanceId><privateIpAddress>10.7.{i / 250}.{i % 250}</privateIpAddress><instanceState><code>16</code><name>running</name></instanceState>
        <placement><availabilityZone>eu-west-1a</availabilityZone></placement><tagSet><item><key>controlplane/service/huge{i % 100}</key><value>80=8080/http</value></item></tagSet>
        </item></instancesSet></item>
        """));

    [GeneratedRegex("<reservationSet>.*</reservationSet>", RegexOptions.Singleline, 5000)]
    private static partial Regex Reservations();

    [GeneratedRegex("<nextToken>.*?</nextToken>", RegexOptions.Singleline, 5000)]
    private static partial Regex NextToken();

    [GeneratedRegex("<item>(?:(?!</?item>).)*<instanceStatus>.*?</instanceStatus>", RegexOptions.Singleline, 5000)]
    private static partial Regex Status();
}
