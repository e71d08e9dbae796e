using System.Net;
using System.Net.Security;
using System.Text.Json;
using ControlPlane.Adapters;
using ControlPlane.Adapters.Regions;
using ControlPlane.Adapters.Regions.Wire;
using ControlPlane.Adapters.Sources;
using ControlPlane.Model.Configuration;
using ControlPlane.Tests.EndToEnd.Aws;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Tests.EndToEnd.Regions;

/// <summary>What is made of a link whose other end says what it should not.</summary>
public sealed class RegionAdapterTests : IAsyncLifetime
{
    private readonly int port = Loopback.FreePort();
    private WebApplication server = null!;
    private string answer = "";
    private readonly Us us = new();

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.Protocols = HttpProtocols.Http2));
        server = builder.Build();
        server.Run(context => context.Response.WriteAsync(answer));
        await server.StartAsync();
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Objects_ThatAreNoneOfAnothersBusiness_AreLeftOut()
    {
        ConfigObject[] objects =
        [
            new Network { Name = "n" },
            new Source { Name = "evil", Type = "http", Cluster = "c" },
            new Mesh { Name = "m", TrustDomain = "m.example" },
        ];
        RegionLine[] said = [new RegionLine { Generation = 7 }, new RegionLine { Objects = objects, IsComplete = true }];
        answer = string.Concat(said.Select(line => JsonSerializer.Serialize(line, RegionJson.Default.RegionLine) + "\n"));

        (IReadOnlyList<DiscoveryEvent> events, string failure) = await WatchAsync();

        failure.ShouldContain("has ended the link");
        Network network = events.OfType<Configured>().ShouldHaveSingleItem().Objects.ShouldHaveSingleItem().ShouldBeOfType<Network>();
        (network.Name, network.Region).ShouldBe(("n", "eu"));
        events[^1].ShouldBe(Synced.Instance);
        failure.ShouldContain("has ended the link");
        us.Heard.ShouldBe(7);
    }

    [Theory]
    [InlineData("{\"generation\":7}\n{\"service\":{\"ports\":\"many\"}}\n", "cannot be read")]
    [InlineData("{\"generation\":7}\n{\"removed\":\"cart\"}\n", "takes back 'cart', which is no service")]
    [InlineData("{\"generation\":7}\nnot JSON\n", "cannot be read")]
    [InlineData("{\"generation\":3}\n{\"isComplete\":true}\n", "an earlier life of it still runs there")]
    [InlineData("{\"isComplete\":true}\n", "did not begin with its generation")]
    [InlineData("{\"generation\":7}\n{\"isComp", "has ended the link")]
    public async Task Nonsense_EndsTheLink_AndTakesNothingAway(string said, string reason)
    {
        us.Heard = 5;
        answer = said;

        (IReadOnlyList<DiscoveryEvent> events, string failure) = await WatchAsync();

        events.ShouldBeEmpty();
        failure.ShouldContain(reason);
    }

    private async Task<(IReadOnlyList<DiscoveryEvent> Events, string Failure)> WatchAsync()
    {
        var adapter = new RegionAdapter("eu", new RegionSettings { Address = new Uri($"http://127.0.0.1:{port}") }, us, new RecordedCalls(), TimeProvider.System);
        var events = new List<DiscoveryEvent>();
        IOException failure = await Should.ThrowAsync<IOException>(async () =>
        {
            await foreach (DiscoveryEvent happened in adapter.WatchAsync(TestContext.Current.CancellationToken))
            {
                events.Add(happened);
            }
        });
        return (events, failure.Message);
    }

    private sealed class Us : IRegionIdentity
    {
        public long Heard { get; set; }

        public string Name => "us";

        public SslClientAuthenticationOptions? TlsTo(string region) => null;

        public Task<long> GenerationOfAsync(string region, CancellationToken cancellationToken) => Task.FromResult(Heard);

        public Task HeardAsync(string region, long generation, CancellationToken cancellationToken)
        {
            Heard = generation;
            return Task.CompletedTask;
        }
    }
}
