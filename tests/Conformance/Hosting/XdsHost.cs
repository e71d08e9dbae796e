using System.Collections.Immutable;
using System.Net;
using ControlPlane.Tests.Conformance.Client;
using ControlPlane.Tests.Support;
using Envoy.Config.Core.V3;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ControlPlane.Tests.Conformance.Hosting;

/// <summary>The server in this process, on a port of its own, with sets of resources that the test publishes into.</summary>
internal sealed class XdsHost : IProxyAdmission, IAsyncDisposable
{
    private readonly List<H2Connection> connections = [];
    private readonly ImmutableDictionary<string, ResourceSet> sets =
        TypeUrls.All.Append(XdsStream.BarrierType).ToImmutableDictionary(type => type, type => new ResourceSet(type));
    private WebApplication? app;

    private XdsHost(IPEndPoint address) => Address = address;

    public IPEndPoint Address { get; }

    public ResourceSet this[string typeUrl] => sets[typeUrl];

    public ProxyRegistry Registry => app!.Services.GetRequiredService<ProxyRegistry>();

    public XdsDrain Drain => app!.Services.GetRequiredService<XdsDrain>();

    /// <summary>Instead of admitting all.</summary>
    public Func<ProxyNode, AdmissionResult>? Admission { get; set; }

    /// <summary>The nodes that were admitted or not.</summary>
    public List<ProxyNode> Nodes { get; } = [];

    /// <summary>What they have shown of who they are.</summary>
    public List<StreamCredentials> Credentials { get; } = [];

    /// <summary>How many streams have been released.</summary>
    public int Released { get; private set; }

    public CancellationTokenSource Expired { get; private set; } = new();

    /// <param name="completeness">Of all sets.</param>
    public static async Task<XdsHost> StartAsync(
        Completeness completeness = Completeness.Complete, Action<XdsServerOptions>? configure = null, TimeProvider? time = null,
        IPEndPoint? address = null)
    {
        var host = new XdsHost(address ?? new IPEndPoint(IPAddress.Loopback, Loopback.FreePort()));
        host.SetAll(completeness);
        host[XdsStream.BarrierType].Publish(
            [.. XdsStream.Barriers.Select(name => new ResourceChange(name, Make.Plain(XdsStream.BarrierType, name)))], Completeness.Complete);
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IProxyAdmission>(host);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddXdsServer(options =>
        {
            options.Identifier = "replica-1";
            configure?.Invoke(options);
        });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenXds(host.Address));
        host.app = builder.Build();
        host.app.MapXds();
        await host.app.StartAsync();
        return host;
    }

    public T Options<T>()
        where T : class => app!.Services.GetRequiredService<IOptions<T>>().Value;

    public void SetAll(Completeness completeness)
    {
        foreach (string type in TypeUrls.All)
        {
            this[type].Publish([], completeness);
        }
    }

    /// <summary>Publishes resources of one type or of several, in their order, as complete as the set was.</summary>
    public void Put(params Resource[] resources)
    {
        foreach (IGrouping<string, Resource> group in resources.GroupBy(resource => resource.TypeUrl))
        {
            this[group.Key].Publish([.. group.Select(resource => new ResourceChange(resource.Name, resource))], this[group.Key].Completeness);
        }
    }

    public void Remove(string typeUrl, params string[] names) =>
        this[typeUrl].Publish([.. names.Select(name => new ResourceChange(name, null))], this[typeUrl].Completeness);

    public async Task<H2Connection> ConnectAsync(int window = 64 << 20)
    {
        H2Connection connection = await H2Connection.OpenAsync(Address, window);
        lock (connections)
        {
            connections.Add(connection);
        }
        return connection;
    }

    /// <summary>A new connection with a stream of the aggregated service.</summary>
    public async Task<XdsStream> OpenAsync(bool isDelta, Node? node = null) => await XdsStream.OpenAsync(await ConnectAsync(), isDelta, node);

    public AdmissionResult Admit(ProxyNode node, StreamCredentials credentials)
    {
        lock (Nodes)
        {
            Nodes.Add(node);
            Credentials.Add(credentials);
        }
        return Admission?.Invoke(node) ?? Accept();
    }

    public AdmissionResult Accept() => AdmissionResult.Accepted(
        "sidecar", new ProxyResources { Sets = sets, Expired = Expired.Token, Release = () => Released++ });

    /// <summary>All clients have to be admitted anew.</summary>
    public async Task ExpireAllAsync()
    {
        CancellationTokenSource old = Expired;
        Expired = new CancellationTokenSource();
        await old.CancelAsync();
    }

    /// <summary>The one stream there is, once it answers to the condition.</summary>
    public async Task<ProxyStatus> UntilAsync(Func<ProxyStatus, bool> condition, TimeSpan? within = null)
    {
        ProxyStatus? found = null;
        await Eventually.Until(
            async () => (found = (await Registry.ReadAsync()).FirstOrDefault(condition)) is not null, within,
            () => string.Join('\n', Registry.ReadAsync().Result.SelectMany(status => status.Types).Select(type =>
                $"{type} awaiting {string.Join(",", type.AwaitingAnswerFor)} rejected {string.Join(";", type.Rejections.Select(rejection => rejection.Message))}")));
        return found!;
    }

    /// <summary>Stops as a process does that is told to.</summary>
    public Task StopAsync() => app!.StopAsync();

    public async ValueTask DisposeAsync()
    {
        foreach (H2Connection connection in connections)
        {
            await connection.DisposeAsync();
        }
        await app!.DisposeAsync();
    }
}
