using System.Globalization;
using ControlPlane.Model;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

public sealed class CloudMapUnderTest() : AwsJsonUnderTest("cloudMap")
{
    protected override bool IsSecondPage(FaultedRequest request) => request.Operation.EndsWith(".ListInstances", StringComparison.Ordinal) && request.Body.Contains("\"NextToken\":\"", StringComparison.Ordinal);

    protected override bool IsList(FaultedRequest request) => request.Operation.EndsWith(".ListNamespaces", StringComparison.Ordinal);

    // With a health of its own. What is registered again is healthy.
    public override async Task SetHealthAsync(string name, Health health)
    {
        await World.TagAsync(name, "controlplane/drain", health == Health.Draining ? "true" : "false");
        await World.SetHealthAsync(name, health == Health.Unhealthy ? "UNHEALTHY" : "HEALTHY");
    }

    protected override async Task<int> AddManyAsync(int count)
    {
        string name = await World.AddAsync("huge");
        return 1 + await WriteManyAsync(count, "\"Instances\": [", i => string.Create(CultureInfo.InvariantCulture,
            $$$"""{"Id": "huge-{{{i}}}", "Attributes": {"AWS_INSTANCE_IPV4": "10.7.{{{i / 250}}}.{{{i % 250}}}", "AWS_INSTANCE_PORT": "80"}}, """), $"\"Id\": \"{name.Split('/')[1]}\"");
    }
}
