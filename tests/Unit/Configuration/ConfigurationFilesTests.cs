using ControlPlane.Adapters.Configuration;
using ControlPlane.Silo.Hosting;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Unit.Configuration;

public sealed class ConfigurationFilesTests
{
    public static TheoryData<string> Cases => [.. GoldenCase.Names("Configuration")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Load_Case_FindsTheseProblems(string name)
    {
        string folder = GoldenCase.Folder("Configuration", name);

        ConfigurationSet set = ConfigurationFiles.Load([folder], new DecodeOptions { Sources = SourceRegistration.All() });

        string found = string.Join('\n', set.Problems.Select(problem => problem.ToString().Replace(folder + Path.DirectorySeparatorChar, "", StringComparison.Ordinal)));
        GoldenCase.ShouldMatch(Path.Combine(folder, "problems.txt"), found);
    }

    [Fact]
    public void Load_Valid_GivesObjectsAndServices()
    {
        ConfigurationSet set = ConfigurationFiles.Load([GoldenCase.Folder("Configuration", "valid")], new DecodeOptions());

        set.Objects.Select(item => item.Reference).ShouldBe(
            ["Cluster east", "Gateway shop/edge", "HTTPRoute shop/cart", "Network dc1", "Network dc2", "TrafficPolicy all", "TrafficPolicy places"]);
        ServicePart cart = set.Services.ShouldHaveSingleItem();
        cart.Service.ShouldBe(new ServiceId("banking", "shop", "cart"));
        cart.Ports.ShouldBe([new ServicePort("http", 80, Protocol.Http), new ServicePort("db", 5432, Protocol.Tcp) { LoopbackPort = 25432 }]);
        cart.Labels.ShouldBe([new Label("team", "checkout")]);
        cart.Endpoints.Select(endpoint => (endpoint.Address, endpoint.Ports, endpoint.Locality, endpoint.Weight, endpoint.Health)).ShouldBe(
        [
            ("10.0.0.1", [8080, 5432], new Locality("eu", "eu-a"), 3, Health.Healthy),
            ("10.0.0.2", [80, 5432], new Locality("eu", "eu-b"), 1, Health.Draining),
        ]);
        Gateway gateway = set.Objects.OfType<Gateway>().ShouldHaveSingleItem();
        gateway.Cluster.ShouldBe("east");
        set.Objects.OfType<HttpRoute>().ShouldHaveSingleItem().Rules[0].Backends.Select(backend => backend.Weight).ShouldBe([1, 0]);
    }

    [Fact]
    public void Load_OtherFilesInFolder_AreNotRead()
    {
        using var folder = new TemporaryFolder();
        foreach (string name in new[] { ".hidden.yaml", "a.yaml~", ".a.yaml.swp", "#a.yaml#", "README.md", ".git/a.yaml" })
        {
            folder.Write(name, "not: ours");
        }
        folder.Write("sub/east.yml", "apiVersion: controlplane.io/v1alpha1\nkind: Cluster\nmetadata: {name: east}\n");

        ConfigurationSet set = ConfigurationFiles.Load([folder.Path], new DecodeOptions());

        set.Problems.ShouldBeEmpty();
        set.Objects.Select(item => item.Name).ShouldBe(["east"]);
    }

    [Fact]
    public void Load_NoSuchPath_IsAProblem() =>
        ConfigurationFiles.Load(["/no/such/folder"], new DecodeOptions()).Problems.ShouldHaveSingleItem().Message.ShouldContain("there is no file or folder");

    [Fact]
    public void Load_SameServiceInTwoMeshes_GivesBoth()
    {
        using var folder = new TemporaryFolder();
        foreach (string mesh in new[] { "banking", "trading" })
        {
            folder.Write($"{mesh}.yaml", $"apiVersion: controlplane.io/v1alpha1\nkind: Service\nmetadata: {{name: cart}}\nspec: {{mesh: {mesh}, ports: [{{port: 80}}]}}\n");
        }

        ConfigurationSet set = ConfigurationFiles.Load([folder.Path], new DecodeOptions());

        set.Problems.ShouldBeEmpty();
        set.Services.Select(part => part.Service.ToString()).ShouldBe(["banking/default/cart", "trading/default/cart"]);
    }

    [Fact]
    public void Build_OneFileChanged_KeepsTheOtherServices()
    {
        DecodedFile clusters = DecodedFile.Decode("c.yaml", "apiVersion: controlplane.io/v1alpha1\nkind: Cluster\nmetadata: {name: east}\n", new DecodeOptions());
        DecodedFile Service(string name, int port) => DecodedFile.Decode(
            $"{name}.yaml",
            $"apiVersion: controlplane.io/v1alpha1\nkind: Service\nmetadata: {{name: {name}}}\nspec: {{ports: [{{port: 80}}], endpoints: [{{address: 10.0.0.1, cluster: east, port: {port}}}]}}\n",
            new DecodeOptions());
        DecodedFile first = Service("a", 1000);
        ConfigurationSet before = ConfigurationSet.Build([clusters, first, Service("b", 1001)]);

        ConfigurationSet after = ConfigurationSet.Build([clusters, first, Service("b", 1002)], before);

        after.Services.First().ShouldBeSameAs(before.Services.First());
        after.Services.Last().Endpoints[0].Ports.ShouldBe([1002]);
    }
}
