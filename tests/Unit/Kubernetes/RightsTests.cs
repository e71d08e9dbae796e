using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using ControlPlane.Adapters;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Kubernetes;
using ControlPlane.Adapters.Kubernetes.Access;
using ControlPlane.Adapters.Kubernetes.Client;
using ControlPlane.Adapters.Kubernetes.State;
using ControlPlane.Adapters.Kubernetes.Watching;
using ControlPlane.Adapters.Sources;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Unit.Kubernetes;

/// <summary>The rights that the manifests give are those that are used.</summary>
public sealed class RightsTests
{
    [Theory]
    [InlineData("rbac.yaml", true)]
    [InlineData("remote-cluster.yaml", false)]
    public async Task ClusterRole_AllowsWhatIsRead(string file, bool readsConfiguration)
    {
        var options = new KubernetesAdapterOptions
        {
            Cluster = "east", ReadsConfiguration = readsConfiguration, Sources = new SourceTypes([new KubernetesSourceType()]),
        };
        var server = new EmptyServer();
        using var client = new KubernetesClient(new ClusterAccess { Server = new Uri("https://kube") }, options.Times, TimeProvider.System, server);
        var feed = new KubernetesFeed(client, options, null, TimeProvider.System);
        await foreach (DiscoveryEvent happened in feed.RunAsync(new KubernetesPicture(options, []), TestContext.Current.CancellationToken))
        {
            if (happened is Synced)
            {
                break;
            }
        }

        Granted(file).ShouldBe(server.Asked.Keys.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Granted(string file)
    {
        string text = File.ReadAllText(Path.Combine(Peer.Root, "deploy", "kubernetes", file));
        MappingNode role = YamlNodes.Read(text, new ProblemList(new Origin(file, HasLines: true))).OfType<MappingNode>()
            .Single(document => document.Find("kind") is ScalarNode { Text: "ClusterRole" });
        return Items(role, "rules").Cast<MappingNode>()
            .SelectMany(rule => Texts(rule, "apiGroups").SelectMany(group => Texts(rule, "resources").Select(resource => $"{group}/{resource}")))
            .Order(StringComparer.Ordinal);
    }

    private static ImmutableArray<ConfigNode> Items(MappingNode node, string field) => ((SequenceNode)node.Find(field)!).Items;

    private static IEnumerable<string> Texts(MappingNode node, string field) => Items(node, field).Cast<ScalarNode>().Select(item => item.Text);

    /// <summary>Has no objects of any kind.</summary>
    private sealed class EmptyServer : HttpMessageHandler
    {
        public ConcurrentDictionary<string, bool> Asked { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            string[] path = request.RequestUri!.AbsolutePath.Split('/');
            Asked[path[1] == "api" ? $"/{path[^1]}" : $"{path[2]}/{path[^1]}"] = true;
            if (request.RequestUri.Query.Contains("watch=1", StringComparison.Ordinal))
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("""{"metadata": {"resourceVersion": "1"}, "items": []}""") };
        }
    }
}
