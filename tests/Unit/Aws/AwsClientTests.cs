using System.Globalization;
using System.Net.Http.Headers;
using ControlPlane.Adapters.Aws;
using ControlPlane.Adapters.Aws.Budget;
using ControlPlane.Adapters.Aws.Client;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Unit.Aws;

public sealed class AwsClientTests : IDisposable
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly AwsBudgets budgets;

    public AwsClientTests() => budgets = new AwsBudgets(time);

    public void Dispose() => budgets.Dispose();

    /// <summary>Lets time pass until the task ends.</summary>
    private async Task<T> PassAsync<T>(Task<T> task, TimeSpan? step = null)
    {
        await Eventually.Until(() =>
        {
            if (!task.IsCompleted)
            {
                time.Advance(step ?? TimeSpan.FromMilliseconds(50));
            }
            return task.IsCompleted;
        });
        return await task;
    }

    private async Task<AwsException> FailsAsync(ScriptedAws aws, TimeSpan? step = null)
    {
        using AwsClient client = aws.Client(budgets, time);
        return await Should.ThrowAsync<AwsException>(() => PassAsync(ScriptedAws.ListTasksAsync(client), step));
    }

    [Fact]
    public async Task Send_ThrottledTwice_TriesAgainAndSlowsEverybodyDown()
    {
        var aws = new ScriptedAws(
            ScriptedAws.Error("ThrottlingException"), ScriptedAws.Says(503, "<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>"),
            ScriptedAws.Says(200, "{}"));
        using AwsClient client = aws.Client(budgets, time);

        (await PassAsync(ScriptedAws.ListTasksAsync(client))).ShouldBe("{}");

        aws.Calls.Select(call => $"{call.Operation} {call.Outcome}").ShouldBe(["ecs:ListTasks throttled", "ecs:ListTasks throttled", "ecs:ListTasks 200"]);
        budgets.Get(new AwsAccess { Region = "eu-west-1" }).Rate.ShouldBeInRange(5, 5.2);
    }

    [Fact]
    public async Task Send_ThrottledForGood_SaysWhatToDo()
    {
        var aws = new ScriptedAws(ScriptedAws.Error("ThrottlingException", "Rate exceeded"));

        AwsException failure = await FailsAsync(aws);

        failure.Message.ShouldBe(
            "ecs:ListTasks in eu-west-1: too many requests (ThrottlingException), 5 times: lower the requests per second of its sources, or ask AWS for a higher limit");
        aws.Calls.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Send_RetryAfter_WaitsThatLong()
    {
        var aws = new ScriptedAws(
            ScriptedAws.Says(503, "", response => response.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(7))), ScriptedAws.Says(200, "{}"));
        using AwsClient client = aws.Client(budgets, time);

        await PassAsync(ScriptedAws.ListTasksAsync(client));

        DateTime[] sent = [.. aws.Requests.Select(request => DateTime.ParseExact(request.Split(' ')[1], "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture))];
        (sent[1] - sent[0]).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(7));
    }

    [Fact]
    public async Task Send_ExpiredToken_TakesNewCredentialsOnce()
    {
        var aws = new ScriptedAws(ScriptedAws.Error("ExpiredTokenException"), ScriptedAws.Says(200, "{}"));
        using AwsClient client = aws.Client(budgets, time);

        await PassAsync(ScriptedAws.ListTasksAsync(client));

        aws.Requests.Select(request => request.Contains("AKID1", StringComparison.Ordinal)).ShouldBe([false, true]);
    }

    [Fact]
    public async Task Send_ExpiredTokenForGood_SaysToRenewAndTellsNoSecret()
    {
        var aws = new ScriptedAws(ScriptedAws.Error("ExpiredTokenException", $"x-amz-security-token:session-token-0 {ScriptedAws.Secret}"));

        AwsException failure = await FailsAsync(aws);

        failure.Message.ShouldBe("ecs:ListTasks in eu-west-1: the credentials are not accepted (ExpiredTokenException): renew them");
        failure.Code.ShouldBe("ExpiredTokenException");
        aws.Calls.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("", "ecs:ListTasks")]
    [InlineData("User: arn:aws:iam::1:user/u is not authorized to perform: ecs:DescribeClusters on resource: *", "ecs:DescribeClusters")]
    public async Task Send_AccessDenied_NamesTheActionToAllow(string message, string action)
    {
        AwsException failure = await FailsAsync(new ScriptedAws(ScriptedAws.Error("AccessDeniedException", message)));

        failure.Message.ShouldStartWith($"ecs:ListTasks in eu-west-1: it is not allowed (AccessDeniedException): allow {action} in the policy");
    }

    [Fact]
    public async Task Send_MessageHoldsASecret_IsNotQuoted() =>
        (await FailsAsync(new ScriptedAws(ScriptedAws.Error("ClientException", $"bad {ScriptedAws.Secret}")))).Message.ShouldNotContain("EXAMPLEKEY");

    [Fact]
    public async Task Send_ErrorTypeInTheHeader_IsTheCode()
    {
        var aws = new ScriptedAws(ScriptedAws.Says(
            404, """{"Message": "Function not found"}""", response => response.Headers.Add("x-amzn-errortype", "ResourceNotFoundException:http://x")));

        AwsException failure = await FailsAsync(aws);

        failure.Code.ShouldBe("ResourceNotFoundException");
        failure.Message.ShouldBe("ecs:ListTasks in eu-west-1: the answer is ResourceNotFoundException (Function not found)");
    }

    [Theory]
    [InlineData("<html>welcome to the hotel</html>")]
    [InlineData("""{"taskArns": ["arn:aw""")]
    [InlineData("")]
    public async Task Send_AnswerThatCannotBeRead_SaysSo(string body)
    {
        var aws = new ScriptedAws(ScriptedAws.Says(200, body));

        (await FailsAsync(aws)).Message.ShouldStartWith("ecs:ListTasks in eu-west-1: ecs.eu-west-1.amazonaws.com answered something that cannot be read (");
        aws.Calls.Select(call => call.Outcome).ShouldBe(["malformed"]);
    }

    [Fact]
    public async Task Send_AnswerWithoutEnd_IsCutOff()
    {
        var aws = new ScriptedAws((_, _) => Task.FromResult(new HttpResponseMessage { Content = new StreamContent(new EndlessStream()) }));

        (await FailsAsync(aws)).Message.ShouldEndWith("cannot be read: more than 64 MiB");
    }

    [Fact]
    public async Task Send_NoAnswer_EndsEachTryInTime()
    {
        var aws = new ScriptedAws(async (_, stop) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, stop);
            return new HttpResponseMessage();
        });

        AwsException failure = await FailsAsync(aws, TimeSpan.FromSeconds(1));

        failure.Message.ShouldBe("ecs:ListTasks in eu-west-1: no answer from ecs.eu-west-1.amazonaws.com within 10 s, 5 times");
        aws.Calls.ShouldAllBe(call => call.Outcome == "timeout");
    }

    [Fact]
    public async Task Send_ConnectionBreaks_TriesAgain()
    {
        var aws = new ScriptedAws((_, _) => throw new HttpRequestException("connection reset"), ScriptedAws.Says(200, "{}"));
        using AwsClient client = aws.Client(budgets, time);

        await PassAsync(ScriptedAws.ListTasksAsync(client));

        aws.Calls.Select(call => call.Outcome).ShouldBe(["unreachable", "200"]);
    }

    [Theory]
    [InlineData("RequestTimeTooSkewed")]
    [InlineData("SignatureDoesNotMatch")]
    public async Task Send_ClockIsWrong_IsSetByTheAnswer(string code)
    {
        var server = new DateTimeOffset(2026, 1, 1, 15, 0, 0, TimeSpan.Zero);
        var aws = new ScriptedAws(ScriptedAws.Error(code, "", 403, response => response.Headers.Date = server), ScriptedAws.Says(200, "{}"));
        using AwsClient client = aws.Client(budgets, time);

        await PassAsync(ScriptedAws.ListTasksAsync(client));

        aws.Requests[0].ShouldContain("20260101T1200");
        aws.Requests[1].ShouldContain("20260101T1500");
        aws.Requests[1].ShouldContain("AKID0", Case.Sensitive, "the credentials were right");
    }

    [Fact]
    public async Task Send_TwoClients_ShareTheBudget()
    {
        var aws = new ScriptedAws(ScriptedAws.Says(200, "{}"));
        var access = new AwsAccess { Region = "eu-west-1", RequestsPerSecond = 1, Burst = 2 };
        using AwsClient one = aws.Client(budgets, time, access);
        using AwsClient two = aws.Client(budgets, time, access);

        await ScriptedAws.ListTasksAsync(one);
        await ScriptedAws.ListTasksAsync(two);
        Task<string> third = ScriptedAws.ListTasksAsync(one);

        third.IsCompleted.ShouldBeFalse();
        aws.Requests.Count.ShouldBe(2);
        time.Advance(TimeSpan.FromSeconds(1));
        await third.WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System);
    }

    private sealed class EndlessStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(buffer.Length);

        public override int Read(Span<byte> buffer) => buffer.Length;
    }
}
