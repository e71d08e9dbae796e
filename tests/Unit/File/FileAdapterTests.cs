using System.Diagnostics;
using ControlPlane.Adapters;
using ControlPlane.Adapters.Files;
using ControlPlane.Adapters.Sources;
using ControlPlane.Model;
using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Unit.Files;

public sealed class FileAdapterTests : IDisposable
{
    private const string East = "apiVersion: controlplane.io/v1alpha1\nkind: Cluster\nmetadata: {name: east}\nspec: {mesh: banking}\n";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    private static string Service(string name, int port) =>
        $"apiVersion: controlplane.io/v1alpha1\nkind: Service\nmetadata: {{name: {name}}}\n"
        + $"spec: {{ports: [{{port: 80}}], endpoints: [{{address: 10.0.0.1, cluster: east, port: {port}}}]}}\n";

    private RunningAdapter Start(TimeSpan? period = null) =>
        new(new FileAdapter(new FileAdapterOptions { Path = folder.Path, ComparePeriod = period ?? TimeSpan.FromHours(1) }, SourceTypes.None, TimeProvider.System));

    /// <summary>As careful writers do: beside it, then renamed into place.</summary>
    private void Replace(string name, string text) => File.Move(folder.Write($".{name}.new", text), folder.File(name), overwrite: true);

    [Fact]
    public async Task WatchAsync_Folder_ReportsAllThenSynced()
    {
        folder.Write("clusters.yaml", East);
        folder.Write("cart.yaml", Service("cart", 8080));
        await using RunningAdapter adapter = Start();

        await adapter.SyncedAsync();

        adapter.Events[^1].ShouldBe(Synced.Instance);
        adapter.Objects.ShouldHaveSingleItem().Name.ShouldBe("east");
        adapter.Find("cart")!.Endpoints[0].Ports.ShouldBe([8080]);
        adapter.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task WatchAsync_FileRenamedIntoPlace_ReportsThatServiceAtOnce()
    {
        folder.Write("clusters.yaml", East);
        for (int i = 0; i < 1000; i++)
        {
            folder.Write($"svc-{i}.yaml", Service($"svc-{i}", 8080));
        }
        await using RunningAdapter adapter = Start();
        await adapter.SyncedAsync();
        int before = adapter.Events.Count;

        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 20; i++)
        {
            Replace("svc-7.yaml", Service("svc-7", 9000 + i));
            int port = 9000 + i;
            await Eventually.Until(() => adapter.Find("svc-7")!.Endpoints[0].Ports[0] == port);
        }

        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        adapter.Events.Skip(before).ShouldAllBe(happened => happened is Replaced && ((Replaced)happened).Part.Service.Name == "svc-7");
    }

    [Fact]
    public async Task WatchAsync_FileRemoved_RemovesItsServices()
    {
        folder.Write("clusters.yaml", East);
        folder.Write("cart.yaml", Service("cart", 8080));
        await using RunningAdapter adapter = Start();
        await adapter.SyncedAsync();

        File.Delete(folder.File("cart.yaml"));

        await Eventually.Until(() => adapter.Find("cart") is null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("apiVersion: controlplane.io/v1alpha1\nkind: Service\nmetadata: {na")]
    [InlineData("apiVersion: controlplane.io/v1alpha1\nkind: Service\n")]
    public async Task WatchAsync_BadFile_KeepsTheLastGoodState(string text)
    {
        folder.Write("clusters.yaml", East);
        folder.Write("cart.yaml", Service("cart", 8080));
        await using RunningAdapter adapter = Start();
        await adapter.SyncedAsync();

        folder.Write("cart.yaml", text);
        await Eventually.Until(() => !adapter.Problems.IsEmpty);
        folder.Write("other.yaml", Service("other", 8080));

        adapter.Find("cart")!.Endpoints[0].Ports.ShouldBe([8080]);
        adapter.Problems[0].Where.ShouldStartWith("cart.yaml");
        Replace("cart.yaml", Service("cart", 8081));
        await Eventually.Until(() => adapter.Find("other") is not null && adapter.Problems.IsEmpty);
        adapter.Find("cart")!.Endpoints[0].Ports.ShouldBe([8081]);
    }

    [Fact]
    public async Task WatchAsync_BadFromTheBeginning_IsNotSyncedUntilItIsRight()
    {
        folder.Write("cart.yaml", Service("cart", 8080));
        await using RunningAdapter adapter = Start();
        await Eventually.Until(() => !adapter.Problems.IsEmpty);
        adapter.IsSynced.ShouldBeFalse();

        folder.Write("clusters.yaml", East);

        await adapter.SyncedAsync();
        await Eventually.Until(() => adapter.Problems.IsEmpty);
    }

    [Fact]
    public async Task WatchAsync_LinksSwapped_IsFollowed()
    {
        // As Kubernetes mounts ConfigMaps.
        folder.Write("..1/all.yaml", East);
        folder.Write("..2/all.yaml", East.Replace("east", "west", StringComparison.Ordinal));
        Directory.CreateSymbolicLink(folder.File("..data"), "..1");
        File.CreateSymbolicLink(folder.File("all.yaml"), Path.Combine("..data", "all.yaml"));
        await using RunningAdapter adapter = Start();
        await adapter.SyncedAsync();
        adapter.Objects[0].Name.ShouldBe("east");

        Directory.CreateSymbolicLink(folder.File("..data_tmp"), "..2");
        Directory.Move(folder.File("..data"), folder.File("..data_old"));
        Directory.Move(folder.File("..data_tmp"), folder.File("..data"));

        await Eventually.Until(() => adapter.Objects[0].Name == "west");
    }

    [Fact]
    public async Task WatchAsync_NoNotice_IsFoundByComparison()
    {
        using var other = new TemporaryFolder();
        other.Write("all.yaml", East);
        File.CreateSymbolicLink(folder.File("all.yaml"), other.File("all.yaml"));
        await using RunningAdapter adapter = Start(TimeSpan.FromMilliseconds(50));
        await adapter.SyncedAsync();

        other.Write("all.yaml", East.Replace("banking", "trading", StringComparison.Ordinal));

        await Eventually.Until(() => adapter.Objects[0] is Model.Configuration.Cluster { Mesh: "trading" });
    }

    [Fact]
    public async Task WatchAsync_ManyChangesAtOnce_EndsInTheLastState()
    {
        folder.Write("clusters.yaml", East);
        await using RunningAdapter adapter = Start();
        await adapter.SyncedAsync();

        for (int i = 0; i < 300; i++)
        {
            Replace($"svc-{i % 50}.yaml", Service($"svc-{i % 50}", 9000 + i));
        }

        await Eventually.Until(() => adapter.Services.Count == 50 && adapter.Services.All(part => part.Endpoints[0].Ports[0] >= 9250));
    }

    [Fact]
    public async Task WatchAsync_NoFolder_FailsWithTheReason()
    {
        var missing = new FileAdapter(new FileAdapterOptions { Path = folder.File("nothing") }, SourceTypes.None, TimeProvider.System);
        await using var adapter = new RunningAdapter(missing);

        await Eventually.Until(() => adapter.Failure is not null);

        adapter.Failure!.Message.ShouldBe($"there is no file or folder {folder.File("nothing")}");
    }

    [Fact]
    public async Task WatchAsync_FolderGone_FailsAndKeepsWhatWasRight()
    {
        folder.Write("config/clusters.yaml", East);
        var watched = new FileAdapter(new FileAdapterOptions { Path = folder.File("config"), ComparePeriod = TimeSpan.FromMilliseconds(50) }, SourceTypes.None, TimeProvider.System);
        await using (var first = new RunningAdapter(watched))
        {
            await first.SyncedAsync();
            Directory.Delete(folder.File("config"), recursive: true);
            await Eventually.Until(() => first.Failure is not null || first.Objects.IsEmpty);
        }
        folder.Write("config/clusters.yaml", "kind: Cluster\n");

        await using var second = new RunningAdapter(watched);

        await Eventually.Until(() => !second.Problems.IsEmpty);
    }

    [Fact]
    public async Task WatchAsync_SingleFile_IsFollowed()
    {
        string path = folder.Write("all.yaml", East);
        await using var adapter = new RunningAdapter(new FileAdapter(new FileAdapterOptions { Path = path }, SourceTypes.None, TimeProvider.System));
        await adapter.SyncedAsync();

        Replace("all.yaml", East + "---\n" + Service("cart", 8080));

        await Eventually.Until(() => adapter.Find("cart") is not null);
        adapter.Find("cart")!.Service.ShouldBe(new ServiceId("banking", "default", "cart"));
        adapter.Find("cart")!.Origin.ShouldBe("all.yaml:6");
    }
}
