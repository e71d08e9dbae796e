using ControlPlane.Adapters.CloudFoundry;
using ControlPlane.Adapters.CloudFoundry.Access;
using ControlPlane.Adapters.Instances;
using ControlPlane.Adapters.Sources;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Tests.EndToEnd.Aws;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources;

/// <summary>Watches a foundation as the control plane does, with times that fit a test.</summary>
internal static class CloudFoundryWatch
{
    public static CloudFoundryTimes Times { get; } = new()
    {
        Request = TimeSpan.FromSeconds(1), Connect = TimeSpan.FromSeconds(2), BackOff = TimeSpan.FromMilliseconds(10), Tries = 2, PageSize = 2,
        Gather = TimeSpan.FromMilliseconds(300), Tick = TimeSpan.FromMilliseconds(50), Ping = TimeSpan.FromMilliseconds(200), Pace = TimeSpan.FromMilliseconds(50),
    };

    public static WatchedSource Watch(CloudFoundrySettings settings, CloudFoundryTimes? times = null, SourceMapping? mapping = null, TimeSpan? rest = null)
    {
        var context = new SourceContext(new OneCluster(), new RecordedCalls(), TimeProvider.System);
        IInstanceRegistry registry = CloudFoundrySourceType.Registry(settings, times ?? Times, rest ?? TimeSpan.FromMilliseconds(100), context);
        return new WatchedSource(new InstanceAdapter(registry, "cloudFoundry/cf1", OneCluster.Name, mapping ?? SourceMapping.Default, context.Clusters));
    }

    public static ControllerAccess Client(Uri address, string secretFile) => new() { Address = address, ClientId = "controlplane", ClientSecretFile = secretFile };

    public static NatsAccess Nats(NatsServer server) => new() { Servers = [server.Address] };

    public static Task UntilAsync(WatchedSource source, string service, string expected) => Eventually.Until(
        () => source.Endpoints(service) == expected, state: () => $"{source.Endpoints(service)}; {source.State} {source.Reason} {string.Join("; ", source.Problems)}");

    public static Task StaleAsync(WatchedSource source, string reason) => Eventually.Until(
        () => source.State == Model.Sources.SourceState.Stale && source.Reason.Contains(reason, StringComparison.OrdinalIgnoreCase), state: () => $"{source.State}: {source.Reason}");

    public static Task ProblemAsync(WatchedSource source, string text) => Eventually.Until(
        () => source.Problems.Any(problem => problem.ToString().Contains(text, StringComparison.Ordinal)), state: () => $"{source.State} {source.Reason} {string.Join("; ", source.Problems)}");
}
