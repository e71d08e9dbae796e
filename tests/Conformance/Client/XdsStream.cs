using Envoy.Config.Core.V3;

namespace ControlPlane.Tests.Conformance.Client;

/// <summary>A stream of discovery as a test speaks it: what either variant can say. Nothing is answered by itself.</summary>
internal abstract class XdsStream(H2Stream stream)
{
    /// <summary>A type of a test's own, of which a server has these names: what is asked for last comes last.</summary>
    public const string BarrierType = "type.googleapis.com/test.Barrier";

    public static readonly string[] Barriers = [.. Enumerable.Range(0, 400).Select(i => $"b{i:000}")];

    private int barriers;
    private bool hasSaidNode;

    public H2Stream Call => stream;

    public abstract bool IsDelta { get; }

    public Node Node { get; init; } = new() { Id = "n1", Cluster = "test" };

    /// <summary>The client's own place on the aggregated service.</summary>
    public static async Task<XdsStream> OpenAsync(H2Connection connection, bool isDelta, Node? node = null, string? authorization = null)
    {
        H2Stream call = await connection.CallAsync(
            $"/envoy.service.discovery.v3.AggregatedDiscoveryService/{(isDelta ? "Delta" : "Stream")}AggregatedResources", authorization: authorization);
        node ??= new Node { Id = "n1", Cluster = "test" };
        return isDelta ? new DeltaStream(call) { Node = node } : new SotwStream(call) { Node = node };
    }

    /// <summary>Adds names; none at all, as the first request of a type: the wildcard as Envoy says it.</summary>
    public abstract Task SubscribeAsync(string typeUrl, params string[] names);

    public abstract Task UnsubscribeAsync(string typeUrl, params string[] names);

    /// <summary>The first request of a type on a new stream of a client that has these, by name and version.</summary>
    /// <param name="version">SotW: of the whole.</param>
    public abstract Task ResumeAsync(string typeUrl, string[] names, string version, params (string Name, string Version)[] known);

    public abstract Task AckAsync(Answer answer);

    public abstract Task NackAsync(Answer answer, string message);

    public abstract Task<Answer> NextAsync();

    /// <summary>The next response, which is of this type, and is accepted.</summary>
    public async Task<Answer> TakeAsync(string typeUrl)
    {
        Answer answer = await NextAsync();
        answer.TypeUrl.ShouldBe(typeUrl);
        await AckAsync(answer);
        return answer;
    }

    /// <summary>Proves that nothing is on its way: what is asked for now is the next response.</summary>
    public async Task ShouldBeQuietAsync()
    {
        foreach (Answer answer in await DrainAsync())
        {
            Assert.Fail($"{answer.TypeUrl} came, with {string.Join(",", answer.Names)}, without {string.Join(",", answer.Removed)}");
        }
    }

    /// <summary>All that is on its way.</summary>
    public async Task<List<Answer>> DrainAsync()
    {
        var answers = new List<Answer>();
        // Twice: removals of other types go out after the first answer of this one.
        for (int i = 0; i < 2; i++)
        {
            string name = Barriers[barriers++ % Barriers.Length];
            await UnsubscribeAsync(BarrierType, name);
            await SubscribeAsync(BarrierType, name);
            Answer answer;
            while ((answer = await NextAsync()).TypeUrl != BarrierType)
            {
                answers.Add(answer);
            }
            answer.Names.ShouldBe([name]);
            await AckAsync(answer);
        }
        return answers;
    }

    protected Node? NodeOnce()
    {
        Node? node = hasSaidNode ? null : Node;
        hasSaidNode = true;
        return node;
    }
}
