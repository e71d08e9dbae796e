using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using ControlPlane.Adapters.Kubernetes;
using ControlPlane.Adapters.Kubernetes.Access;
using ControlPlane.Adapters.Kubernetes.Client;
using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Adapters.Kubernetes.Watching;
using ControlPlane.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Unit.Kubernetes;

public sealed partial class ResourceWatchTests
{
    private const string Page = """{"metadata": {"resourceVersion": "7"}, "items": [{"metadata": {"name": "a", "namespace": "n"}}]}""";

    private readonly List<string> seen = [];

    private static string Line(string type, string version) =>
        $$$"""{"type":"{{{type}}}","object":{"metadata":{"name":"b","namespace":"n","resourceVersion":"{{{version}}}"} } }""" + "\n";

    private async Task<Exception> RunAsync(ScriptedServer server, TimeProvider? time = null, BearerToken? token = null)
    {
        TimeProvider clock = time ?? TimeProvider.System;
        var times = new KubernetesTimes { BackOff = TimeSpan.FromMilliseconds(1) };
        using var client = new KubernetesClient(new ClusterAccess { Server = new Uri("https://kube"), Token = token }, times, clock, server);
        var watch = new ResourceWatch<NodeObject>(
            client, new ResourcePath("", "v1", "nodes"), KubernetesJson.Default.ListPageNodeObject, KubernetesJson.Default.WatchEventNodeObject, times, clock);
        return await Should.ThrowAsync<KubernetesException>(() => watch.RunAsync(isOptional: false, Emit, CancellationToken.None));
    }

    private ValueTask Emit(ResourceEvent<NodeObject> happened)
    {
        seen.Add(happened switch
        {
            Listed<NodeObject> listed => $"listed {string.Join('+', listed.Items.Select(item => item.Metadata.Name))}",
            Changed<NodeObject> changed => $"changed {changed.Item.Metadata.Name}",
            _ => "deleted",
        });
        return ValueTask.CompletedTask;
    }

    private static string[] Requests(ScriptedServer server) =>
        [.. server.Requests.Select(request => Timeout().Replace(request, "").Replace("/api/v1/nodes?", "", StringComparison.Ordinal))];

    [Fact]
    public async Task Run_WatchEnds_GoesOnFromTheLastVersion()
    {
        var server = new ScriptedServer(
            _ => ScriptedServer.Json(Page),
            _ => ScriptedServer.Json(Line("ADDED", "8") + Line("BOOKMARK", "9")),
            _ => ScriptedServer.Json(Line("DELETED", "10")));

        Exception failure = await RunAsync(server);

        seen.ShouldBe(["listed a", "changed b", "deleted"]);
        Requests(server).ShouldBe(
        [
            "limit=500",
            "watch=1&allowWatchBookmarks=true&resourceVersion=7",
            "watch=1&allowWatchBookmarks=true&resourceVersion=9",
            "watch=1&allowWatchBookmarks=true&resourceVersion=10",
        ]);
        failure.Message.ShouldBe("kube cannot be reached: the script is over");
    }

    [Fact]
    public async Task Run_ServerWithAPath_IsAskedUnderIt()
    {
        var server = new ScriptedServer(_ => ScriptedServer.Json(Page));
        var times = new KubernetesTimes();
        using var client = new KubernetesClient(new ClusterAccess { Server = new Uri("https://many/k8s/clusters/c-1") }, times, TimeProvider.System, server);
        var watch = new ResourceWatch<NodeObject>(
            client, new ResourcePath("", "v1", "nodes", Label: "a/b=true"), KubernetesJson.Default.ListPageNodeObject, KubernetesJson.Default.WatchEventNodeObject, times, TimeProvider.System);

        await Should.ThrowAsync<KubernetesException>(() => watch.RunAsync(isOptional: false, Emit, CancellationToken.None));

        server.Requests[0].ShouldBe("/k8s/clusters/c-1/api/v1/nodes?limit=500&labelSelector=a%2Fb%3Dtrue");
        server.Requests[1].ShouldStartWith("/k8s/clusters/c-1/api/v1/nodes?watch=1&");
        server.Requests[1].ShouldEndWith("&labelSelector=a%2Fb%3Dtrue");
    }

    [Fact]
    public async Task Run_VersionTooOld_ListsAnew()
    {
        var server = new ScriptedServer(
            _ => ScriptedServer.Json(Page),
            _ => ScriptedServer.Json("""{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}""" + "\n"),
            _ => ScriptedServer.Json(Page),
            _ => ScriptedServer.Status(HttpStatusCode.Gone),
            _ => ScriptedServer.Json(Page));

        await RunAsync(server);

        seen.ShouldBe(["listed a", "listed a", "listed a"]);
    }

    [Fact]
    public async Task Run_WatchThatIsNone_ListsAnew()
    {
        var server = new ScriptedServer(
            _ => ScriptedServer.Json(Page),
            _ => ScriptedServer.Json("<html>it works</html>"),
            _ => ScriptedServer.Json("<html>it works</html>"));

        Exception failure = await RunAsync(server);

        seen.ShouldBe(["listed a"]);
        failure.Message.ShouldStartWith("the list of nodes cannot be read: ");
    }

    [Fact]
    public async Task Run_WatchesThatEndAtOnceAgainAndAgain_ListsAnew()
    {
        Func<HttpRequestMessage, HttpResponseMessage> nothing = _ => ScriptedServer.Json("");
        var server = new ScriptedServer([_ => ScriptedServer.Json(Page), .. Enumerable.Repeat(nothing, 10), _ => ScriptedServer.Json(Page)]);

        await RunAsync(server);

        seen.ShouldBe(["listed a", "listed a"]);
    }

    [Fact]
    public void Token_ThatAnotherRequestHasReadAnew_IsAnotherForAll()
    {
        using var folder = new TemporaryFolder();
        var token = BearerToken.OfFile(folder.Write("token", "old"), TimeProvider.System);
        folder.Write("token", "new");

        token.Refresh("old").ShouldBeTrue();
        token.Refresh("old").ShouldBeTrue();
        token.Refresh("new").ShouldBeFalse();
    }

    [Fact]
    public async Task Run_Pages_AreOneListAndBeginAnewWhenTooOld()
    {
        const string First = """{"metadata": {"resourceVersion": "7", "continue": "x/y"}, "items": [{"metadata": {"name": "a"}}]}""";
        const string Second = """{"metadata": {"resourceVersion": "7"}, "items": [{"metadata": {"name": "b"}}]}""";
        var server = new ScriptedServer(
            _ => ScriptedServer.Json(First),
            _ => ScriptedServer.Status(HttpStatusCode.Gone),
            _ => ScriptedServer.Json(First),
            _ => ScriptedServer.Json(Second));

        await RunAsync(server);

        seen.ShouldBe(["listed a+b"]);
        Requests(server)[1].ShouldBe("limit=500&continue=x%2Fy");
    }

    [Fact]
    public async Task Run_TooManyRequests_WaitsAsLongAsTheServerSays()
    {
        var time = new FakeTimeProvider();
        var server = new ScriptedServer(
            _ =>
            {
                HttpResponseMessage answer = ScriptedServer.Status(HttpStatusCode.TooManyRequests);
                answer.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(7));
                return answer;
            },
            _ => ScriptedServer.Json(Page));
        Task<Exception> running = RunAsync(server, time);
        await Eventually.Until(() => server.Requests.Count == 1);

        time.Advance(TimeSpan.FromSeconds(6));
        seen.ShouldBeEmpty();
        time.Advance(TimeSpan.FromSeconds(1));

        await Eventually.Until(() => seen.Count == 1);
        await running;
    }

    [Fact]
    public async Task Run_ServerErrors_AreTriedAgainAFewTimes()
    {
        HttpResponseMessage Broken(HttpRequestMessage request) => ScriptedServer.Status(HttpStatusCode.ServiceUnavailable, "starting");
        var server = new ScriptedServer(Broken, Broken, _ => ScriptedServer.Json(Page), Broken, Broken, Broken, Broken);

        Exception failure = await RunAsync(server);

        seen.ShouldBe(["listed a"]);
        failure.Message.ShouldBe("kube answers 503 to /api/v1/nodes (starting)");
    }

    [Fact]
    public async Task Run_TokenRefused_IsReadAgainOnce()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("token", "old");
        var token = BearerToken.OfFile(file, TimeProvider.System);
        folder.Write("token", "new");
        var server = new ScriptedServer(
            _ => ScriptedServer.Status(HttpStatusCode.Unauthorized),
            _ => ScriptedServer.Json(Page),
            _ => ScriptedServer.Status(HttpStatusCode.Unauthorized, "Unauthorized"));

        Exception failure = await RunAsync(server, token: token);

        Requests(server)[..2].ShouldBe(["limit=500 old", "limit=500 new"]);
        failure.Message.ShouldBe("kube answers 401 to /api/v1/nodes: the credentials are not accepted, renew them (Unauthorized)");
    }

    [Fact]
    public async Task Run_NothingComes_FailsInTime()
    {
        var time = new FakeTimeProvider();
        var server = new ScriptedServer(_ => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new SilentStream()) });
        Task<Exception> running = RunAsync(server, time);
        await Eventually.Until(() =>
        {
            time.Advance(TimeSpan.FromSeconds(10));
            return running.IsCompleted;
        });

        (await running).Message.ShouldBe("no list of nodes came within 60 s");
    }

    [GeneratedRegex("&timeoutSeconds=[3-6][0-9][0-9]")]
    private static partial Regex Timeout();

    private sealed class SilentStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(System.Threading.Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }
    }
}
