using ControlPlane.Adapters.CloudFoundry.Controller.Objects;
using ControlPlane.Model;

namespace ControlPlane.Adapters.CloudFoundry.Apps;

/// <summary>Joins the lists of the Cloud Controller. What belongs to no space that is wanted is left out.</summary>
internal sealed class CatalogBuilder
{
    // Of buildpacks; a destination without a port means it.
    private const int DefaultPort = 8080;

    private readonly Dictionary<string, OrganizationObject> organizations;
    private readonly Dictionary<string, SpaceObject> spaces;
    private readonly Dictionary<string, AppObject> apps;
    private readonly ILookup<string, ProcessObject> processes;
    private readonly ILookup<string, AppPort> ports;

    public CatalogBuilder(
        IReadOnlyList<OrganizationObject> organizations, IReadOnlyList<SpaceObject> spaces, IReadOnlyList<AppObject> apps, IReadOnlyList<ProcessObject> processes, IReadOnlyList<RouteObject> routes)
    {
        this.organizations = organizations.ToDictionary(organization => organization.Guid, StringComparer.Ordinal);
        this.spaces = spaces.Where(space => this.organizations.ContainsKey(space.Relationships?.Organization?.Data?.Guid ?? "")).ToDictionary(space => space.Guid, StringComparer.Ordinal);
        this.apps = apps.Where(app => this.spaces.ContainsKey(app.Relationships?.Space?.Data?.Guid ?? "")).ToDictionary(app => app.Guid, StringComparer.Ordinal);
        this.processes = processes.ToLookup(process => process.Relationships?.App?.Data?.Guid ?? "", StringComparer.Ordinal);
        ports = (from route in routes
                 from destination in route.Destinations ?? []
                 where destination.App?.Guid is not null
                 orderby route.Url, destination.Port
                 select (App: destination.App!.Guid!, Port: Port(route, destination)))
            .ToLookup(found => found.App, found => found.Port, StringComparer.Ordinal);
    }

    /// <summary>The processes whose instances are to be asked for.</summary>
    public IEnumerable<ProcessObject> Running =>
        from app in apps.Values
        where IsStarted(app)
        from process in processes[app.Guid]
        where process.Instances > 0
        select process;

    /// <param name="stats">Of each running process.</param>
    public Dictionary<string, App> Build(IReadOnlyDictionary<string, ProcessStats> stats) => apps.Values.Select(app => Build(app, stats)).ToDictionary(app => app.Guid, StringComparer.Ordinal);

    private App Build(AppObject app, IReadOnlyDictionary<string, ProcessStats> stats)
    {
        SpaceObject space = spaces[app.Relationships!.Space!.Data!.Guid!];
        OrganizationObject organization = organizations[space.Relationships!.Organization!.Data!.Guid!];
        AppPort[] own = [.. ports[app.Guid]];
        return new App
        {
            Guid = app.Guid,
            Name = app.Name,
            Space = space.Name,
            Organization = organization.Name,
            IsStarted = IsStarted(app),
            Ports = own.ToValueList(),
            Instances = processes[app.Guid].OrderBy(process => process.Type, StringComparer.Ordinal)
                .SelectMany(process => (stats.GetValueOrDefault(process.Guid)?.Resources ?? []).OrderBy(instance => instance.Index).Select(instance => Instance(process.Type, instance)))
                .ToValueList(),
            Attributes =
            [
                .. Attributes("organization", organization.Metadata),
                .. Attributes("space", space.Metadata),
                .. Attributes("", app.Metadata),
                new("organization", organization.Name),
                new("space", space.Name),
                new("app", app.Name),
                new("app.guid", app.Guid),
                new("routes", string.Join(' ', own.Select(port => port.Route).Distinct(StringComparer.Ordinal))),
            ],
        };
    }

    private static AppInstance Instance(string processType, InstanceStats stats) => new(
        processType, stats.Index, stats.InstanceGuid ?? "", HealthOf(stats), stats.State is "RUNNING" or "STOPPING", stats.Host ?? "",
        (stats.InstancePorts ?? []).Select(port => new ContainerPort(port.Internal ?? 0, port.External ?? 0, port.ExternalTlsProxyPort ?? 0)).ToValueList(),
        stats.IsolationSegment ?? "");

    private static Health HealthOf(InstanceStats stats) => stats.State switch
    {
        "RUNNING" => stats.Routable == false ? Health.Unhealthy : Health.Healthy,
        "STOPPING" => Health.Draining,
        "STARTING" or "CRASHED" or "DOWN" => Health.Unhealthy,
        _ => Health.Unknown,
    };

    private static AppPort Port(RouteObject route, DestinationObject destination) => new(
        destination.App!.Process?.Type ?? App.Web, destination.Port ?? DefaultPort,
        (destination.Protocol ?? route.Protocol) switch { "http2" => Protocol.Http2, "tcp" => Protocol.Tcp, _ => Protocol.Http }, route.Url ?? "");

    // Those of the app come last: of settings of our own they count.
    private static IEnumerable<KeyValuePair<string, string>> Attributes(string scope, MetadataObject? metadata) =>
        Scoped(scope.Length == 0 ? "annotation" : $"{scope}Annotation", metadata?.Annotations).Concat(Scoped(scope.Length == 0 ? "label" : $"{scope}Label", metadata?.Labels));

    private static IEnumerable<KeyValuePair<string, string>> Scoped(string scope, Dictionary<string, string?>? values) =>
        (values ?? []).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => new KeyValuePair<string, string>($"{scope}.{pair.Key}", pair.Value ?? ""));

    private static bool IsStarted(AppObject app) => app.State == "STARTED";
}
