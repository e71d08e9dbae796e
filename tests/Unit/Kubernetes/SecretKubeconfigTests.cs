using System.Text;
using ControlPlane.Adapters.Kubernetes;
using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Adapters.Kubernetes.Secrets;
using ControlPlane.Adapters.Kubernetes.Watching;

namespace ControlPlane.Tests.Unit.Kubernetes;

/// <summary>Clusters that Secrets name, and what is said of Secrets that are wrong.</summary>
public sealed class SecretKubeconfigTests
{
    private const string Hidden = "h1dden";

    private readonly SecretsPicture picture = new(
        new ClusterSecretsOptions { Home = new KubernetesAdapterOptions { Cluster = "home" }, Namespace = "system", Taken = ["home"] }, new SecretKubeconfigs(TimeProvider.System));

    private static string Kubeconfig(string user = "token: h1dden", string cluster = "server: https://10.0.0.1:6443", string more = "") => $$"""
        current-context: main
        clusters: [{name: h1dden-c, cluster: { {{cluster}} } }]
        users: [{name: h1dden-u, user: { {{user}} } }]
        contexts: [{name: main, context: {cluster: h1dden-c, user: h1dden-u} }]
        {{more}}
        """;

    private static SecretObject Secret(string name, params (string Key, string Value)[] data) => new()
    {
        Metadata = new ObjectMeta { Namespace = "system", Name = name },
        Data = data.ToDictionary(entry => entry.Key, entry => Convert.ToBase64String(Encoding.UTF8.GetBytes(entry.Value))),
    };

    private void List(params SecretObject[] secrets)
    {
        picture.Apply(0, new Listed<SecretObject>(secrets));
        picture.Apply(1, new Listed<SecretObject>([]));
    }

    private void Change(SecretObject secret) => picture.Apply(0, new Changed<SecretObject>(secret));

    private NamedClusters Take()
    {
        NamedClusters now = picture.Take().Single();
        string.Join('\n', now.Problems).ShouldNotContain(Hidden);
        now.ToString().ShouldNotContain(Hidden);
        return now;
    }

    private static string Say(NamedClusters now) => string.Join(", ", now.Clusters.Select(cluster => $"{cluster.Name}{(cluster.Kubeconfig is null ? "!" : "")}"));

    [Fact]
    public void Take_OneLabelNotListedYet_SaysNothing()
    {
        picture.Apply(0, new Listed<SecretObject>([Secret("a", ("east", Kubeconfig()))]));

        picture.Take().ShouldBeEmpty();
    }

    [Fact]
    public void Take_Secrets_NameTheirClusters()
    {
        List(Secret("b", ("west", Kubeconfig())), Secret("a", ("east", Kubeconfig()), ("north", Kubeconfig())));

        NamedClusters now = Take();

        Say(now).ShouldBe("east, north, west");
        now.Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Take_BothLabels_IsOneSecret()
    {
        picture.Apply(0, new Listed<SecretObject>([Secret("a", ("east", Kubeconfig()))]));
        picture.Apply(1, new Listed<SecretObject>([Secret("a", ("east", Kubeconfig())), Secret("b", ("west", Kubeconfig()))]));
        Say(Take()).ShouldBe("east, west");

        // One label is taken off: the other still counts.
        picture.Apply(0, new Deleted<SecretObject>(Secret("a")));
        picture.Apply(1, new Changed<SecretObject>(Secret("a", ("east", Kubeconfig()))));
        NamedClusters now = Take();
        Say(now).ShouldBe("east, west");
        now.Problems.ShouldBeEmpty();

        picture.Apply(1, new Deleted<SecretObject>(Secret("a")));
        Say(Take()).ShouldBe("west");
    }

    [Fact]
    public void Take_AnotherKubeconfig_IsAnotherRevision()
    {
        List(Secret("a", ("east", Kubeconfig())));
        string first = Take().Clusters[0].Revision;
        Change(Secret("a", ("east", Kubeconfig())));
        Take().Clusters[0].Revision.ShouldBe(first);

        Change(Secret("a", ("east", Kubeconfig("token: h1dden-2"))));

        Take().Clusters[0].Revision.ShouldNotBe(first);
    }

    [Fact]
    public void Take_SameNameTwice_FirstSecretByNameCounts()
    {
        List(Secret("b", ("east", Kubeconfig("token: other"))), Secret("a", ("east", Kubeconfig())));
        NamedClusters now = Take();
        string first = now.Clusters.ShouldHaveSingleItem().Revision;
        now.Problems.ShouldHaveSingleItem().ToString().ShouldBe(
            "Secret system/b: data[east]: the cluster east is named by Secret system/a, which counts as the first by name: remove one of them");

        picture.Apply(0, new Deleted<SecretObject>(Secret("a")));

        now = Take();
        now.Clusters.ShouldHaveSingleItem().Revision.ShouldNotBe(first);
        now.Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Take_BadKubeconfigAfterAGoodOne_KeepsTheGoodOne()
    {
        List(Secret("a", ("east", Kubeconfig()), ("west", Kubeconfig())));
        NamedClusters good = Take();

        Change(Secret("a", ("east", "clusters: [h1dden"), ("west", Kubeconfig())));

        NamedClusters now = Take();
        now.Clusters.Select(cluster => cluster.Revision).ShouldBe(good.Clusters.Select(cluster => cluster.Revision));
        now.Clusters[0].Kubeconfig.ShouldBeSameAs(good.Clusters[0].Kubeconfig);
        now.Problems.ShouldHaveSingleItem().ToString().ShouldBe("Secret system/a: data[east]: it cannot be read as YAML, near line 2. What it held before stays in force");
        Change(Secret("a", ("east", Kubeconfig()), ("west", Kubeconfig())));
        Take().Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Take_SecretThatWentAndComesBackBad_HasNothingToKeep()
    {
        List(Secret("a", ("east", Kubeconfig())));
        Take();
        picture.Apply(0, new Deleted<SecretObject>(Secret("a")));
        Say(Take()).ShouldBe("");

        Change(Secret("a", ("east", "")));

        Say(Take()).ShouldBe("east!");
    }

    [Theory]
    [InlineData("exec: {command: aws}", "users: exec: not supported yet: use a token or a client certificate")]
    [InlineData("auth-provider: {name: gcp}", "users: auth-provider: not supported yet: use a token or a client certificate")]
    [InlineData("tokenFile: /etc/h1dden", "users: tokenFile: a kubeconfig in a Secret may name no files: write the content into token")]
    [InlineData("client-certificate: /etc/h1dden, client-key: /etc/h1dden",
        "users: client-certificate: a kubeconfig in a Secret may name no files: write the content into client-certificate-data (base64)")]
    [InlineData("client-certificate-data: AAAA, client-key: /etc/h1dden",
        "users: client-key: a kubeconfig in a Secret may name no files: write the content into client-key-data (base64)")]
    [InlineData("client-certificate-data: AAAA", "users: client-certificate and client-key: expected both or none")]
    public void Take_UserThatCannotBeUsed_SaysWhyWithoutItsWords(string user, string message)
    {
        List(Secret("a", ("east", Kubeconfig(user))));

        NamedClusters now = Take();

        Say(now).ShouldBe("east!");
        now.Problems.ShouldHaveSingleItem().ToString().ShouldBe($"Secret system/a: data[east]: {message}");
        now.Clusters[0].Problem.ShouldBe(now.Problems[0]);
    }

    [Theory]
    [InlineData("server: h1dden", "clusters: server: expected an address such as https://host:6443")]
    [InlineData("tls-server-name: h1dden", "clusters: server: missing")]
    [InlineData("server: \"https://a\", certificate-authority: /etc/h1dden",
        "clusters: certificate-authority: a kubeconfig in a Secret may name no files: write the content into certificate-authority-data (base64)")]
    [InlineData("server: \"https://a\", certificate-authority-data: AAAA", "clusters: certificate-authority: there is no certificate in it")]
    public void Take_ClusterThatCannotBeUsed_SaysWhyWithoutItsWords(string cluster, string message)
    {
        List(Secret("a", ("east", Kubeconfig(cluster: cluster))));

        Take().Problems.ShouldHaveSingleItem().ToString().ShouldBe($"Secret system/a: data[east]: {message}");
    }

    [Theory]
    [InlineData("", "expected a mapping with clusters, contexts and users")]
    [InlineData("h1dden", "expected a mapping with clusters, contexts and users")]
    [InlineData("{}", "it has no current-context: name a context")]
    [InlineData("current-context: h1dden", "contexts: an entry that is named elsewhere in it is not there")]
    [InlineData("h1dden: 1\nh1dden: 2", "it cannot be read as YAML, near line 2")]
    [InlineData("a: 1\nb: *h1dden", "it cannot be read as YAML, near line 2")]
    [InlineData("a: 1\n\th1dden: 2", "it cannot be read as YAML, near line 1")]
    public void Take_NoKubeconfig_SaysSoWithoutItsWords(string text, string message)
    {
        List(Secret("a", ("east", text), ("west", Kubeconfig())));

        NamedClusters now = Take();

        Say(now).ShouldBe("east!, west");
        now.Problems.ShouldHaveSingleItem().ToString().ShouldBe($"Secret system/a: data[east]: {message}");
    }

    [Fact]
    public void Take_KeysThatNameNoCluster_AreProblems()
    {
        SecretObject binary = Secret("c", ("Upper", Kubeconfig()), ("home", Kubeconfig()));
        binary.Data!["north"] = Convert.ToBase64String([0xff, 0xfe]);
        binary.Data["south"] = "?";
        List(binary, Secret("d"));

        NamedClusters now = Take();

        Say(now).ShouldBe("north!, south!");
        now.Problems.Select(problem => problem.ToString()).ShouldBe(
        [
            "Secret system/c: data[Upper]: it is no name of a cluster: expected a DNS label: at most 63 lower-case letters, digits and '-', beginning and ending with a letter or digit",
            "Secret system/c: data[home]: the cluster home is named on the command line (--kubernetes), which counts: remove one of them",
            "Secret system/c: data[north]: expected a kubeconfig, found no text",
            "Secret system/c: data[south]: expected a kubeconfig, found no text",
            "Secret system/d: data: expected a kubeconfig under the name of its cluster, found nothing",
        ]);
    }
}
