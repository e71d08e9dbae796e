using ControlPlane.Tests.Conformance.Client;
using ControlPlane.Tests.Conformance.Hosting;

namespace ControlPlane.Tests.Conformance.Properties;

/// <summary>
/// A client that keeps what it is sent, as Envoy does, and minds what it must not be sent. It answers when it is told to, oldest first.
/// </summary>
internal sealed class ModelClient(XdsHost host, bool isDelta)
{
    private static readonly string[] Types = [TypeUrls.Cluster, TypeUrls.ClusterLoadAssignment, TypeUrls.RouteConfiguration];
    private readonly Dictionary<string, TypeModel> models = Types.ToDictionary(type => type, _ => new TypeModel());
    private readonly Queue<Answer> unanswered = new();
    private XdsStream? stream;

    public TypeModel this[string type] => models[type];

    public bool HasUnanswered => unanswered.Count > 0;

    /// <summary>Opens a new stream with what it has from the last one.</summary>
    public async Task ConnectAsync()
    {
        unanswered.Clear();
        stream = await host.OpenAsync(isDelta);
        foreach (string type in Types)
        {
            TypeModel model = models[type];
            bool isWildcard = type == TypeUrls.Cluster;
            model.Resume(isDelta);
            if (isWildcard || model.Names.Count > 0)
            {
                await stream.ResumeAsync(
                    type, [.. model.Names], model.AcceptedVersion, isDelta ? [.. model.Kept.Select(item => (item.Key, item.Value.Version))] : []);
            }
        }
        await ReceiveAsync();
    }

    public async Task SubscribeAsync(string type, string name)
    {
        await BeReadyAsync();
        TypeModel model = models[type];
        if (isDelta || !model.Names.Contains(name))
        {
            model.Names.Add(name);
            model.Asked.Add(name);
            await stream!.SubscribeAsync(type, name);
            // So that the request is not overtaken by what is published next.
            await ReceiveAsync();
        }
    }

    public async Task UnsubscribeAsync(string type, string name)
    {
        await BeReadyAsync();
        models[type].Forget(name);
        await stream!.UnsubscribeAsync(type, name);
        await ReceiveAsync();
    }

    /// <summary>Answers the oldest response, if there is one.</summary>
    public async Task AnswerAsync(bool accept)
    {
        await ReceiveAsync();
        if (!unanswered.TryDequeue(out Answer? answer))
        {
            return;
        }
        if (!accept)
        {
            await stream!.NackAsync(answer, "no");
            await ReceiveAsync();
            return;
        }
        models[answer.TypeUrl].Keep(answer, isFullState: !isDelta && answer.TypeUrl == TypeUrls.Cluster, isWildcard: answer.TypeUrl == TypeUrls.Cluster);
        await stream!.AckAsync(answer);
        await ReceiveAsync();
    }

    /// <summary>In SotW a request is an answer: with an older nonce it would count for nothing.</summary>
    private async Task BeReadyAsync()
    {
        await ReceiveAsync();
        while (!isDelta && HasUnanswered)
        {
            await AnswerAsync(accept: true);
            await ReceiveAsync();
        }
    }

    /// <summary>Takes what is on its way.</summary>
    public async Task ReceiveAsync()
    {
        foreach (Answer answer in await stream!.DrainAsync())
        {
            answer.Items.Select(item => item.Name).ShouldBeUnique();
            bool isFullState = !isDelta && answer.TypeUrl == TypeUrls.Cluster;
            foreach (string changed in models[answer.TypeUrl].See(answer, isFullState, isEndpoints: answer.TypeUrl == TypeUrls.ClusterLoadAssignment))
            {
                if (answer.TypeUrl == TypeUrls.Cluster)
                {
                    models[TypeUrls.ClusterLoadAssignment].Due.Add(changed);
                }
            }
            unanswered.Enqueue(answer);
        }
    }
}
