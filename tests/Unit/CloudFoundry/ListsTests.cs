using ControlPlane.Adapters.CloudFoundry;
using ControlPlane.Adapters.CloudFoundry.Controller;
using ControlPlane.Adapters.CloudFoundry.Controller.Objects;
using ControlPlane.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Unit.CloudFoundry;

/// <summary>Lists of several pages, read whole or not at all.</summary>
public sealed class ListsTests : IDisposable
{
    private const string First = "/v3/organizations?per_page=2&order_by=created_at&names=a";
    private const string Second = "/v3/organizations?page=2&per_page=2&order_by=created_at&names=a";

    private readonly TemporaryFolder folder = new();
    private readonly ScriptedController controller = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Pages_AreFollowedAtTheSameHost()
    {
        controller.Says(First, Page(3, $"https://elsewhere.test{Second}", "a", "b")).Says(Second, Page(3, null, "c"));

        (await ReadAsync()).ShouldBe("a b c");

        controller.Requests.ShouldBe(["uaa.test/oauth/token", $"api.test{First}", $"api.test{Second}"]);
        controller.Calls.Select(call => $"{call.Operation} {call.Outcome}").ShouldBe(
            ["cloudFoundry:oauth/token 200", "cloudFoundry:organizations 200", "cloudFoundry:organizations 200"]);
    }

    [Fact]
    public async Task Pages_BetweenWhichSomethingWent_AreReadAnew()
    {
        controller.Says(First, Page(4, $"https://api.test{Second}", "a", "b")).Says(Second, Page(3, null, "d"))
            .Says(First, Page(3, $"https://api.test{Second}", "a", "c")).Says(Second, Page(3, null, "d"));

        (await ReadAsync()).ShouldBe("a c d");
    }

    [Theory]
    [InlineData("/v3/organizations?page=2&per_page=2&order_by=created_at&names=a", 3, "the same again")]
    [InlineData("", 3, "no query")]
    [InlineData(null, 3, "fewer than was said")]
    public async Task Pages_ThatNeverFit_Fail(string? next, int total, string what)
    {
        controller.Says(First, Page(total, next, "a", "b")).Says(Second, Page(total, Second, "a", "b"));

        (await Should.ThrowAsync<CloudFoundryException>(ReadAsync)).Message.ShouldBe(
            "the Cloud Controller at api.test: the pages of organizations do not fit each other: it changes faster than it can be read", what);
    }

    [Theory]
    [InlineData("""{"resources": []}""")]
    [InlineData("""{"pagination": {"total_results": 1}, "resources": [{"guid": "g"}]}""")]
    [InlineData("""{"pagination": {"total_results": 1}, "resources": null}""")]
    [InlineData("null")]
    public async Task Page_ThatLacksSomething_IsNotAnEmptyOne(string body)
    {
        controller.Says(First, body);

        (await Should.ThrowAsync<CloudFoundryException>(ReadAsync)).Message.ShouldStartWith("the Cloud Controller at api.test: the answer to organizations cannot be read: ");
    }

    [Fact]
    public async Task Token_ThatIsRefusedTwice_IsAFailure()
    {
        controller.Says(First, """{"errors": [{"code": 1000, "title": "CF-InvalidAuthToken", "detail": "Invalid Auth Token"}]}""", 401);

        (await Should.ThrowAsync<CloudFoundryException>(ReadAsync)).Message.ShouldBe(
            "the Cloud Controller at api.test answers 401 to organizations: the token or the login is not accepted (CF-InvalidAuthToken: Invalid Auth Token)");
        controller.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Login_IsRenewedInTime()
    {
        var time = new FakeTimeProvider();
        controller.Says(First, Page(1, null, "a"));
        using ControllerClient client = controller.Client(folder.Write("secret", "s"), time);
        async Task<int> LoginsAsync(int seconds)
        {
            time.Advance(TimeSpan.FromSeconds(seconds));
            await ReadAsync(client);
            return controller.Requests.Count(request => request.Contains("oauth", StringComparison.Ordinal));
        }

        (await LoginsAsync(0)).ShouldBe(1);
        (await LoginsAsync(539)).ShouldBe(1);
        (await LoginsAsync(1)).ShouldBe(2);
    }

    private static string Page(int total, string? next, params string[] names) => $$"""
        {"pagination": {"total_results": {{total}}, "next": {{(next is null ? "null" : $$"""{"href": "{{next}}"}""")}} },
         "resources": [{{string.Join(", ", names.Select(name => $$"""{"guid": "{{name}}-guid", "name": "{{name}}", "metadata": {"labels": {}, "annotations": {} } }"""))}}]}
        """;

    private async Task<string> ReadAsync()
    {
        using ControllerClient client = controller.Client(folder.Write("secret", "s"), TimeProvider.System);
        return await ReadAsync(client);
    }

    private static async Task<string> ReadAsync(ControllerClient client) => string.Join(' ', (await Lists.ReadAsync(
        client, "organizations", "names=a", 2, ControllerJson.Default.PageOrganizationObject, TestContext.Current.CancellationToken)).Select(organization => organization.Name));
}
