using System.Xml.Linq;

namespace ControlPlane.Tests.Unit.Architecture;

/// <summary>Who may use whom.</summary>
public sealed class DependencyRulesTests
{
    private static readonly string[] Places = ["grains", "xds", "adapters", "silo"];

    /// <summary>What each place may use directly. A trailing <c>*</c> stands for every project under a folder.</summary>
    private static readonly Dictionary<string, string[]> Rules = new()
    {
        ["grains/Model"] = ["grains/Embedded"],
        ["grains/Embedded"] = [],
        ["grains/Routing"] = ["grains/Model"],
        ["grains/Grains"] = ["grains/Model", "grains/Routing", "grains/Embedded", "adapters/Abstractions"],
        ["xds/Protos"] = [],
        ["xds/Server"] = ["xds/Protos"],
        ["xds/Resources"] = ["xds/Protos", "xds/Server", "grains/Model", "grains/Routing"],
        ["adapters/Abstractions"] = ["grains/Model"],
        ["adapters/*"] = ["grains/Model", "adapters/Abstractions"],
        ["adapters/Ecs"] = ["grains/Model", "adapters/Abstractions", "adapters/Aws"],
        ["adapters/Ec2"] = ["grains/Model", "adapters/Abstractions", "adapters/Aws"],
        ["adapters/Lambda"] = ["grains/Model", "adapters/Abstractions", "adapters/Aws"],
        ["adapters/CloudMap"] = ["grains/Model", "adapters/Abstractions", "adapters/Aws"],
        ["silo"] = ["*"],
    };

    /// <summary>Packages that only some places may use.</summary>
    private static readonly Dictionary<string, string[]> PackageRules = new()
    {
        ["Google.Protobuf"] = ["xds/Protos"],
        ["Grpc.Tools"] = ["xds/Protos"],
        ["Microsoft.Data.Sqlite"] = ["grains/Grains"],
        ["Npgsql"] = ["grains/Grains"],
        ["System.CommandLine"] = ["silo"],
        ["Spectre.Console"] = ["silo"],
        ["Microsoft.Orleans.Server"] = ["silo"],
        ["Microsoft.Orleans.Clustering.AdoNet"] = ["silo"],
        ["Microsoft.Orleans.Connections.Security"] = ["silo"],
        ["NATS.Client.Core"] = ["adapters/CloudFoundry"],
        ["AWSSDK.Core"] = ["adapters/Aws"],
        ["AWSSDK.SecurityToken"] = ["adapters/Aws"],
        ["AWSSDK.SSO"] = ["adapters/Aws"],
        ["AWSSDK.SSOOIDC"] = ["adapters/Aws"],
    };

    public static TheoryData<string> Projects() =>
        [.. Places.SelectMany(place => Directory.GetFiles(Path.Combine(Peer.Root, place), "*.csproj", SearchOption.AllDirectories)).Select(PlaceOf)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_UsesOnlyWhatItsPlaceMay(string place)
    {
        string[] allowed = Rules.TryGetValue(place, out string[]? own) ? own : Rules[place.Split('/')[0] + "/*"];

        References(place).Where(used => !allowed.Contains("*") && !allowed.Contains(used)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_TakesNoPackageThatIsForOthers(string place) =>
        Items(place, "PackageReference").Where(package => PackageRules.TryGetValue(package, out string[]? places) && !places.Contains(place)).ShouldBeEmpty();

    [Fact]
    public void Model_UsesNothingOfTheEngineButAttributes()
    {
        string[] files = [.. Directory.GetFiles(Path.Combine(Peer.Root, "grains", "Model"), "*.cs", SearchOption.AllDirectories)];

        files.ShouldNotBeEmpty();
        files.Where(file => File.ReadAllText(file) is var text && (text.Contains("IGrain", StringComparison.Ordinal) || text.Contains("Orleans.Runtime", StringComparison.Ordinal)))
            .ShouldBeEmpty();
    }

    private static IEnumerable<string> References(string place) =>
        Items(place, "ProjectReference").Select(path => PlaceOf(Path.GetFullPath(path, Path.Combine(Peer.Root, place))))
            .Concat(Imports(place) ? ["grains/Embedded"] : []);

    private static IEnumerable<string> Items(string place, string kind) => Load(place).Descendants(kind).Select(item => (string)item.Attribute("Include")!);

    private static bool Imports(string place) => Load(place).Descendants("Import").Any(import => ((string)import.Attribute("Project")!).EndsWith("Engine.props", StringComparison.Ordinal));

    private static XDocument Load(string place) => XDocument.Load(Directory.GetFiles(Path.Combine(Peer.Root, place), "*.csproj").Single());

    private static string PlaceOf(string project) => Path.GetRelativePath(Peer.Root, Path.GetDirectoryName(project)!).Replace('\\', '/');
}
