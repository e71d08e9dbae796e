using System.Globalization;
using ControlPlane.Adapters.CloudFoundry.Apps;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Adapters.CloudFoundry.Routes;

/// <summary>Makes instances of what is registered.</summary>
internal static class RouteInstances
{
    /// <summary>By routes alone: each host is a service, and each host with a path.</summary>
    public static IEnumerable<Instance> ByHost(Registration registration, List<Problem> problems)
    {
        RegisteredEndpoint endpoint = registration.Endpoint;
        string container = endpoint.App.Length > 0 ? $"{endpoint.App}/{Index(endpoint)}" : endpoint.Address;
        foreach (IGrouping<string, RegisteredRoute> named in registration.Routes.GroupBy(route => ServiceOf(route.Uri), StringComparer.Ordinal))
        {
            // What stands for any host has no name of its own.
            if (named.Key.Length == 0)
            {
                continue;
            }
            string id = $"{named.Key}/{container}";
            if (named.FirstOrDefault(route => route.RouteService.Length > 0) is { } guarded)
            {
                problems.Add(new Problem(id, "route_service_url", $"requests to {guarded.Uri} have to go through a route service, which calls straight to the app would pass by: the route is left out"));
                continue;
            }
            if (endpoint.Port == 0)
            {
                problems.Add(new Problem(id, "tls_port", AppInstances.TlsOnly(endpoint.TlsPort)));
                continue;
            }
            string host = HostOf(named.First().Uri);
            yield return new Instance
            {
                Id = id,
                Service = named.Key,
                Address = endpoint.Host,
                Ports = [new InstancePort(endpoint.Port, "", endpoint.Protocol)],
                Attributes = new InstanceAttributes(
                [
                    .. AttributesOf(registration), new("route.host", host), .. AppInstances.Said("route.domain", host[(host.IndexOf('.', StringComparison.Ordinal) + 1)..]),
                    .. AppInstances.Said("app.guid", endpoint.App),
                ]),
                Locality = new Locality("", endpoint.Zone),
            };
        }
    }

    /// <summary>As the instances of an app; what the Cloud Controller says of them counts where it is not older than the registration.</summary>
    /// <param name="read">When the reading that the app is of began.</param>
    public static IEnumerable<Instance> OfApp(App app, long read, IReadOnlyList<Registration> registrations, List<Problem> problems)
    {
        int count = app.Ports.Select(port => (port.ProcessType, port.Number)).Distinct().Count();
        foreach (Registration registration in registrations)
        {
            RegisteredEndpoint endpoint = registration.Endpoint;
            bool isNews = registration.Since > read;
            if (!app.IsStarted && !isNews)
            {
                continue;
            }
            AppPort? port = app.Ports.FirstOrDefault(port => registration.Routes.Any(route => route.Uri.Equals(port.Route.TrimEnd('/'), StringComparison.OrdinalIgnoreCase)));
            AppInstance? container = Find(app, endpoint, port);
            string processType = endpoint.Tag("process_type") is { Length: > 0 } tagged ? tagged : container?.ProcessType ?? port?.ProcessType ?? App.Web;
            string id = app.Workload(processType, Index(endpoint)) + (count > 1 ? string.Create(CultureInfo.InvariantCulture, $":{port?.Number ?? endpoint.Port}") : "");
            if (endpoint.Port == 0)
            {
                problems.Add(new Problem(id, "tls_port", AppInstances.TlsOnly(endpoint.TlsPort)));
                continue;
            }
            yield return new Instance
            {
                Id = id,
                Service = app.Service(processType),
                Namespace = app.Space,
                Address = endpoint.Host,
                Ports = [new InstancePort(endpoint.Port, "", endpoint.Protocol, app.PortsOf(processType).DistinctBy(other => other.Number).Count() > 1 ? port?.Number ?? 0 : 0)],
                Attributes = new InstanceAttributes([.. app.Attributes, .. AttributesOf(registration), new("process", processType)]),
                Health = isNews || container is null ? Health.Healthy : container.Health,
                Locality = new Locality("", endpoint.Zone),
            };
        }
    }

    /// <summary>The first label of a host, with the path if there is one; empty: any host is meant.</summary>
    internal static string ServiceOf(string uri)
    {
        string host = HostOf(uri);
        string label = host.Split('.')[0];
        return label == "*" ? "" : label + uri[host.Length..].Replace('/', '-');
    }

    private static string HostOf(string uri) => uri[..(uri.IndexOfAny(['/', ':']) is >= 0 and var end ? end : uri.Length)];

    private static string Index(RegisteredEndpoint endpoint) =>
        endpoint.Index.Length > 0 ? endpoint.Index : endpoint.InstanceId.Length > 0 ? endpoint.InstanceId : endpoint.Address;

    // By its own ID. Older Cloud Controllers do not say that, but where it is; and to some they say its number only.
    private static AppInstance? Find(App app, RegisteredEndpoint endpoint, AppPort? port) =>
        app.Instances.FirstOrDefault(container => container.Guid.Length > 0 && container.Guid == endpoint.InstanceId)
        ?? app.Instances.FirstOrDefault(container => container.Guid.Length == 0 && container.Host == endpoint.Host && endpoint.Port > 0 && container.Ports.Any(mapped => mapped.External == endpoint.Port))
        ?? app.Instances.FirstOrDefault(container => container.Guid.Length == 0 && container.Ports.IsEmpty && container.IsPlaced && container.ProcessType == (port?.ProcessType ?? App.Web)
            && container.Index.ToString(CultureInfo.InvariantCulture) == endpoint.Index);

    private static IEnumerable<KeyValuePair<string, string>> AttributesOf(Registration registration)
    {
        RegisteredEndpoint endpoint = registration.Endpoint;
        return
        [
            .. endpoint.Tags.Select(tag => new KeyValuePair<string, string>($"tag.{tag.Name}", tag.Value)),
            .. AppInstances.Said("instance", endpoint.InstanceId),
            .. AppInstances.Said("isolationSegment", endpoint.IsolationSegment),
            .. AppInstances.Said("tls.port", endpoint.TlsPort > 0 ? endpoint.TlsPort.ToString(CultureInfo.InvariantCulture) : ""),
            .. AppInstances.Said("tls.name", endpoint.CertificateName),
            .. AppInstances.Said("route.service", registration.Routes.FirstOrDefault(route => route.RouteService.Length > 0)?.RouteService ?? ""),
            new("routes", string.Join(' ', registration.Routes.Select(route => route.Uri))),
        ];
    }
}
