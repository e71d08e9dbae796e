using ControlPlane.Adapters.Aws;
using ControlPlane.Adapters.Aws.Budget;
using ControlPlane.Adapters.Aws.Client;
using ControlPlane.Adapters.Aws.Protocols;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.EndToEnd.Aws;

/// <summary>Credentials as the SDK finds them, in the shared files that the environment names.</summary>
public sealed class AwsCredentialsTests : IDisposable
{
    private const string Files = "AWS_SHARED_CREDENTIALS_FILE";

    // The SDK asks the environment once in the life of a process.
    private static readonly TemporaryFolder Folder = new();
    private readonly string? before = Environment.GetEnvironmentVariable(Files);
    private readonly AwsBudgets budgets = new(TimeProvider.System);
    private readonly RecordedCalls calls = new();

    public AwsCredentialsTests() => Environment.SetEnvironmentVariable(Files, Folder.Write("credentials", """
        [shop]
        aws_access_key_id = testing
        aws_secret_access_key = testing
        """));

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Files, before);
        budgets.Dispose();
    }

    private async Task<int> ReadAsync(AwsAccess access)
    {
        using var client = new AwsClient(access, budgets, calls, TimeProvider.System);
        return await new AwsQuery(client, "ec2", "2016-11-15").CallAsync(
            "DescribeInstances", [], answer => answer.Items("reservationSet").Count(), CancellationToken.None);
    }

    [Fact]
    public async Task Profile_IsUsed()
    {
        await using MotoServer moto = await MotoServer.StartAsync();

        (await ReadAsync(moto.Access with { Profile = "shop" })).ShouldBe(0);

        calls.All.Select(call => $"{call.Operation} {call.Outcome}").ShouldBe(["ec2:DescribeInstances 200"]);
    }

    [Fact]
    public async Task Role_IsTakenOnOnceForManyCalls()
    {
        await using MotoServer moto = await MotoServer.StartAsync();
        AwsAccess access = moto.Access with { Profile = "shop", AssumeRoleArn = "arn:aws:iam::123456789012:role/reader", ExternalId = "x" };
        using var client = new AwsClient(access, budgets, calls, TimeProvider.System);
        var ec2 = new AwsQuery(client, "ec2", "2016-11-15");

        await ec2.CallAsync("DescribeInstances", [], answer => answer, CancellationToken.None);
        await ec2.CallAsync("DescribeInstances", [], answer => answer, CancellationToken.None);

        calls.All.Select(call => $"{call.Operation} {call.Outcome}").ShouldBe(["sts:AssumeRole 200", "ec2:DescribeInstances 200", "ec2:DescribeInstances 200"]);
    }

    [Fact]
    public async Task Profile_IsMissing_SaysSo()
    {
        var access = new AwsAccess { Region = MotoServer.Region, Endpoint = new Uri("http://127.0.0.1:1"), Profile = "other" };

        (await Should.ThrowAsync<AwsException>(() => ReadAsync(access))).Message
            .ShouldBe("the AWS profile other is not in the shared configuration files, or names no credentials");
    }
}
