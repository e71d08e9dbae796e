using System.Collections.Immutable;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Sources;
using ControlPlane.Xds;
using ControlPlane.Xds.Resources.Identity;
using ControlPlane.Xds.Resources.Views;
using Envoy.Config.Endpoint.V3;
using Microsoft.Extensions.Time.Testing;
using Endpoint = ControlPlane.Model.Endpoint;

namespace ControlPlane.Tests.Unit.Resources;

/// <summary>What changes in a view without anybody saying so: the time has come.</summary>
public sealed class ViewTimeTests : IDisposable
{
    private readonly FakeTimeProvider time = new();
    private readonly ViewHost host;

    public ViewTimeTests() => host = new ViewHost(new NoIdentities(), time);

    public void Dispose() => host.Dispose();

    [Fact]
    public void Hold_IsOver_AndTheTierGetsItsLoadBack()
    {
        var policy = new TrafficPolicy { Namespace = "shop", Name = "p", Hold = 30 };
        Show(Live, Health.Healthy, policy);
        ProxyResources proxy = host.Admit(Worlds.Sidecar(), StreamCredentials.None).Resources!;
        First(proxy).ShouldBe("eu/a");
        Show(Live, Health.Unhealthy, policy);
        First(proxy).ShouldBe("eu/b");

        Show(Live, Health.Healthy, policy);
        First(proxy).ShouldBe("eu/b");
        time.Advance(TimeSpan.FromSeconds(20));
        First(proxy).ShouldBe("eu/b");
        time.Advance(TimeSpan.FromSeconds(11));
        First(proxy).ShouldBe("eu/a");
    }

    [Fact]
    public void SourceThatIsStaleForTooLong_LowersItsEndpoints_UntilItIsBack()
    {
        var policy = new TrafficPolicy { Namespace = "shop", Name = "p", StaleLimit = 60 };
        Show(Live, Health.Healthy, policy);
        ProxyResources proxy = host.Admit(Worlds.Sidecar(), StreamCredentials.None).Resources!;

        Show(Stale, Health.Healthy, policy, configuration: false);
        First(proxy).ShouldBe("eu/a");
        time.Advance(TimeSpan.FromSeconds(61));
        First(proxy).ShouldBe("eu/b");
        Show(Live, Health.Healthy, policy, configuration: false);
        First(proxy).ShouldBe("eu/a");
    }

    [Fact]
    public void SourceThatIsStale_ChangesNothing_WithoutAPolicy()
    {
        Show(Live, Health.Healthy);
        ProxyResources proxy = host.Admit(Worlds.Sidecar(), StreamCredentials.None).Resources!;
        Resource before = Assignment(proxy);

        Show(Stale, Health.Healthy, null, configuration: false);
        time.Advance(TimeSpan.FromDays(1));

        Assignment(proxy).ShouldBeSameAs(before);
    }

    private static SourceState Live => SourceState.Live;

    private static SourceState Stale => SourceState.Stale;

    private void Show(SourceState state, Health health, TrafficPolicy? policy = null, bool configuration = true)
    {
        Endpoint near = Samples.Endpoint("10.0.0.1") with { Health = health, Locality = new Locality("eu", "a") };
        Endpoint other = Samples.Endpoint("10.0.0.2") with { Cluster = "other", Locality = new Locality("eu", "b") };
        CatalogSnapshot snapshot = Worlds.Of([Worlds.Service("cart", near, other)], policy is null ? [] : [policy]) with
        {
            Sources = new[]
            {
                new SourceRecord { Version = default, Source = "one", State = state, Clusters = [new ClusterShare(Samples.Cluster, 1, 1)] },
                new SourceRecord { Version = default, Source = "two", State = SourceState.Live, Clusters = [new ClusterShare("other", 1, 1)] },
            }.ToImmutableDictionary(source => source.Source),
        };
        host.OnChanged(snapshot, new CatalogChange(configuration ? [Samples.Service("cart")] : [], configuration, Completeness: false));
    }

    private static Resource Assignment(ProxyResources proxy) => proxy.Sets[TypeUrls.ClusterLoadAssignment].Resources["p80.cart.shop.default.mesh"];

    // Where the first priority's load goes.
    private static string First(ProxyResources proxy)
    {
        ClusterLoadAssignment assignment = Assignment(proxy).As<ClusterLoadAssignment>();
        return string.Join(',', assignment.Endpoints.Where(locality => locality.Priority == 0 && locality.LbEndpoints.Any(host => host.HealthStatus == Envoy.Config.Core.V3.HealthStatus.Healthy))
            .DefaultIfEmpty(assignment.Endpoints.FirstOrDefault(locality => locality.Priority == 1)!).Select(locality => $"{locality.Locality.Region}/{locality.Locality.Zone}"));
    }
}
