using System.Text.RegularExpressions;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Silo.Hosting;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Unit.Configuration;

/// <summary>What the reference shows is right.</summary>
public sealed partial class ReferenceDocumentTests
{
    [Fact]
    public void Examples_Together_HaveNoProblems()
    {
        string text = File.ReadAllText(Path.Combine(Peer.Root, "docs", "configuration.md"));
        using var folder = new TemporaryFolder();
        folder.Write("other.yaml", "apiVersion: controlplane.io/v1alpha1\nkind: Network\nmetadata: {name: dc2}\n");
        foreach (Match example in Example().Matches(text))
        {
            folder.Write($"{example.Index}.yaml", example.Groups[1].Value);
        }

        ConfigurationSet set = ConfigurationFiles.Load([folder.Path], new DecodeOptions { Sources = SourceRegistration.All() });

        set.Problems.ShouldBeEmpty();
        set.Objects.Count.ShouldBe(13);
        set.Services.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("consul.md")]
    [InlineData("cloud-foundry.md")]
    [InlineData("your-own.md")]
    [InlineData("ecs.md")]
    [InlineData("ec2.md")]
    [InlineData("lambda.md")]
    [InlineData("cloud-map.md")]
    public void SourceExamples_HaveNoProblems(string document)
    {
        string text = File.ReadAllText(Path.Combine(Peer.Root, "docs", "sources", document));
        string[] examples = [.. Example().Matches(text).Select(match => match.Groups[1].Value)];
        examples.ShouldNotBeEmpty();
        foreach (string example in examples)
        {
            using var folder = new TemporaryFolder();
            folder.Write("cluster.yaml", $"apiVersion: controlplane.io/v1alpha1\nkind: Cluster\nmetadata: {{name: {ClusterField().Match(example).Groups[1].Value}}}\n");
            folder.Write("source.yaml", example.StartsWith("spec:", StringComparison.Ordinal)
                ? $"apiVersion: controlplane.io/v1alpha1\nkind: Source\nmetadata: {{name: dc1}}\n{example}"
                : example);

            ConfigurationFiles.Load([folder.Path], new DecodeOptions { Sources = SourceRegistration.All() }).Problems.ShouldBeEmpty();
        }
    }

    [GeneratedRegex("^ +cluster: ([a-z0-9-]+)", RegexOptions.Multiline)]
    private static partial Regex ClusterField();

    [GeneratedRegex("```yaml\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Example();
}
