using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ControlPlane.Adapters.Hosting;
using ControlPlane.Grains.Catalog;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Silo.Reach;
using ControlPlane.Tests.Unit.Grains;
using ControlPlane.Tests.Unit.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Unit.Reach;

/// <summary>Host names of gateways, from their answers to the catalog.</summary>
public sealed class GatewayHostTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new();
    private readonly ScriptedResolver resolver = new();
    private Region region = null!;
    private GatewayHost host = null!;

    private string Hosts => string.Join(", ", (region.Current.Reach?.Hosts ?? []).Select(resolved => $"{resolved.Host} {string.Join('+', resolved.Addresses)}"));

    public async ValueTask InitializeAsync()
    {
        region = await Region.StartAsync(folder.Path);
        host = await StartAsync(new OneOf("a", "a", "b"));
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync(default);
        host.Dispose();
        await region.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Names_AreResolvedSorted_AndAgainAfterHalfAMinute()
    {
        resolver.Answers["far.example"] = ["10.0.0.2", "10.0.0.1"];
        Declare("far.example", "10.9.9.9");
        await UntilAsync("far.example 10.0.0.1+10.0.0.2");

        resolver.Answers["far.example"] = ["10.0.0.3"];
        await UntilAsync("far.example 10.0.0.3", isLater: true);
    }

    [Fact]
    public async Task Name_ThatIsNoLongerAnswered_KeepsItsLastGoodAnswer()
    {
        resolver.Answers["far.example"] = ["10.0.0.1"];
        resolver.Answers["near.example"] = ["10.0.0.5"];
        Declare("far.example", "near.example");
        await UntilAsync("far.example 10.0.0.1, near.example 10.0.0.5");

        resolver.Answers.TryRemove("far.example", out _);
        resolver.Answers["near.example"] = ["10.0.0.6"];
        await UntilAsync("far.example 10.0.0.1, near.example 10.0.0.6", isLater: true);

        resolver.Answers["far.example"] = [];
        resolver.Answers["near.example"] = ["10.0.0.7"];
        await UntilAsync("far.example 10.0.0.1, near.example 10.0.0.7", isLater: true);
    }

    [Fact]
    public async Task Change_OfTheGateways_IsToldAtOnce()
    {
        resolver.Answers["far.example"] = ["10.0.0.1"];
        resolver.Answers["near.example"] = ["10.0.0.5"];
        Declare("far.example");
        await UntilAsync("far.example 10.0.0.1");

        Declare("near.example");

        await UntilAsync("near.example 10.0.0.5");
    }

    [Fact]
    public async Task OtherSilos_ResolveNothing()
    {
        var asked = new ScriptedResolver();
        asked.Answers["far.example"] = ["10.0.0.9"];
        resolver.Answers["far.example"] = ["10.0.0.1"];
        using GatewayHost second = await StartAsync(new OneOf("b", "a", "b"), asked);
        second.OnChanged(Snapshot("far.example"), new CatalogChange([], true, false));
        Declare("far.example");

        await UntilAsync("far.example 10.0.0.1");

        await second.StopAsync(default);
        asked.Asked.ShouldBe(0);
    }

    private async Task<GatewayHost> StartAsync(IClusterInfo cluster, ScriptedResolver? other = null)
    {
        var started = new GatewayHost(
            other ?? resolver, cluster, region.Services.GetRequiredService<GrainsReady>(), region.Grains, new ReachMetrics(new NoMeters()), time, NullLogger<GatewayHost>.Instance);
        await started.StartAsync(default);
        return started;
    }

    private void Declare(params string[] hosts) => host.OnChanged(Snapshot(hosts), new CatalogChange([], true, false));

    private static CatalogSnapshot Snapshot(params string[] hosts) => CatalogSnapshot.Empty with
    {
        Configuration = new ConfigRecord
        {
            Version = default, Revision = "1",
            Objects = [new RegionGateway { Name = "far", Role = GatewayRole.EastWest, Addresses = hosts.Select(name => new GatewayAddress(name, 15443, [])).ToValueList() }],
        },
    };

    private Task UntilAsync(string expected, bool isLater = false) => Eventually.Until(
        () =>
        {
            if (isLater)
            {
                time.Advance(TimeSpan.FromSeconds(10));
            }
            return Hosts == expected;
        },
        state: () => Hosts, what: expected);

    private sealed class ScriptedResolver : IHostResolver
    {
        private int asked;

        public ConcurrentDictionary<string, string[]> Answers { get; } = new();

        public int Asked => asked;

        public Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref asked);
            return Answers.TryGetValue(host, out string[]? addresses)
                ? Task.FromResult<IReadOnlyList<IPAddress>>([.. addresses.Select(IPAddress.Parse)])
                : throw new SocketException((int)SocketError.HostNotFound);
        }
    }
}
