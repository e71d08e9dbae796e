using ControlPlane.Tests.Conformance.Hosting;
using Envoy.Service.Discovery.V3;
using FsCheck;
using FsCheck.Fluent;
using Resource = ControlPlane.Xds.Resource;

namespace ControlPlane.Tests.Conformance.Properties;

/// <summary>Whatever is published, asked for, accepted, rejected and broken off, in whatever order: the client ends with what there is.</summary>
public sealed class ConvergenceTests
{
    private const int Steps = 40;
    private const int Runs = 200;
    private static readonly string[] Names = ["a", "b", "c", "d"];

    [Theory, InlineData(true), InlineData(false)]
    public Task X3_AnySequence_EndsWithWhatThereIs_AndSendsNothingTwice(bool isDelta) => Task.Run(() =>
    {
        Arbitrary<int[]> sequences = Arb.From(Gen.Choose(0, 9999).ArrayOf(Steps), codes => ArbMap.Default.ArbFor<int[]>().Shrinker(codes));
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(Runs),
            Prop.ForAll(sequences, codes => RunAsync(isDelta, [.. codes.Where(code => code >= 0)]).GetAwaiter().GetResult()));
    });

    private static async Task RunAsync(bool isDelta, int[] codes)
    {
        await using XdsHost host = await XdsHost.StartAsync(configure: options => options.ResumeGrace = TimeSpan.Zero);
        var client = new ModelClient(host, isDelta);
        await client.ConnectAsync();
        foreach (int code in codes)
        {
            await StepAsync(host, client, code);
        }
        await client.ReceiveAsync();
        for (int i = 0; client.HasUnanswered; i++)
        {
            i.ShouldBeLessThan(100, "it does not come to rest");
            await client.AnswerAsync(accept: true);
            await client.ReceiveAsync();
        }
        ShouldHaveAll(host, client, isDelta);
    }

    private static async Task StepAsync(XdsHost host, ModelClient client, int code)
    {
        string name = Names[code / 10 % 4];
        int number = 1 + (code / 40 % 3);
        string type = number == 1 ? TypeUrls.RouteConfiguration : TypeUrls.ClusterLoadAssignment;
        switch (code % 10)
        {
            case 0:
                host.Put(Make.Cluster(name, number));
                break;
            case 1:
                host.Remove(TypeUrls.Cluster, name);
                break;
            case 2:
                host.Put(Make.Assignment(name, number));
                break;
            case 3:
                host.Remove(TypeUrls.ClusterLoadAssignment, name);
                break;
            case 4:
                host.Put(Make.Route(name, number, Names[code / 120 % 4]));
                break;
            case 5:
                host.Remove(TypeUrls.RouteConfiguration, name);
                break;
            case 6:
                await client.SubscribeAsync(type, name);
                break;
            case 7:
                await client.UnsubscribeAsync(type, name);
                break;
            case 8:
                await client.AnswerAsync(accept: code / 40 % 4 != 0);
                break;
            default:
                await (code / 40 % 3 == 0 ? client.ConnectAsync() : client.AnswerAsync(accept: true));
                break;
        }
    }

    private static void ShouldHaveAll(XdsHost host, ModelClient client, bool isDelta)
    {
        Dictionary<string, string> clusters = client[TypeUrls.Cluster].Seen;
        foreach ((string name, Resource resource) in host[TypeUrls.Cluster].Resources)
        {
            clusters.GetValueOrDefault(name).ShouldBe(Content(resource), $"cluster {name}");
        }
        string[] routed = [.. client[TypeUrls.RouteConfiguration].Kept.Keys];
        foreach (string name in clusters.Keys.Where(name => !host[TypeUrls.Cluster].Resources.ContainsKey(name)))
        {
            // A cluster that is gone stays while a route names it.
            routed.ShouldNotBeEmpty($"cluster {name} is gone");
        }
        foreach (string name in client[TypeUrls.ClusterLoadAssignment].Names)
        {
            string? seen = client[TypeUrls.ClusterLoadAssignment].Seen.GetValueOrDefault(name);
            if (host[TypeUrls.ClusterLoadAssignment].Resources.TryGetValue(name, out Resource? resource))
            {
                seen.ShouldBe(Content(resource), $"assignment {name}");
            }
            else if (!clusters.ContainsKey(name) || host[TypeUrls.Cluster].Resources.ContainsKey(name))
            {
                seen.ShouldBe(Convert.ToHexString([0x0A, 1, (byte)name[0]]), $"assignment {name} is gone");
            }
        }
        foreach (string name in client[TypeUrls.RouteConfiguration].Names)
        {
            string? seen = client[TypeUrls.RouteConfiguration].Seen.GetValueOrDefault(name);
            if (host[TypeUrls.RouteConfiguration].Resources.TryGetValue(name, out Resource? resource))
            {
                seen.ShouldBe(Content(resource), $"route {name}");
            }
            else if (isDelta)
            {
                seen.ShouldBeNull($"route {name} is gone");
            }
        }
    }

    private static string Content(Resource resource) =>
        Convert.ToHexString(DiscoveryResponse.Parser.ParseFrom(resource.Sotw.ToArray()).Resources[0].Value.Span);
}
