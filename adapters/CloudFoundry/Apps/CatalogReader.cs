using System.Collections.Concurrent;
using System.Net;
using ControlPlane.Adapters.CloudFoundry.Controller;
using ControlPlane.Adapters.CloudFoundry.Controller.Objects;
using ControlPlane.Model;

namespace ControlPlane.Adapters.CloudFoundry.Apps;

/// <summary>Reads all apps of a foundation with their instances, whole or not at all.</summary>
/// <param name="client">Disposed of with this.</param>
internal sealed class CatalogReader(ControllerClient client, CloudFoundrySettings settings, CloudFoundryTimes times, TimeProvider time) : IDisposable
{
    // A longer list of names makes an address that servers refuse.
    private const int MostInFilter = 50;

    /// <summary>Whom it asks, for people.</summary>
    public string Who => client.Who;

    /// <exception cref="CloudFoundryException">Something could not be read, or cannot be trusted.</exception>
    public async Task<AppCatalog> ReadAsync(CancellationToken cancellationToken)
    {
        long begun = time.GetTimestamp();
        IReadOnlyList<OrganizationObject> organizations = await OrganizationsAsync(cancellationToken);
        string ofOrganizations = settings.Organizations.IsEmpty ? "" : Filter("organization_guids", organizations);
        IReadOnlyList<SpaceObject> spaces = await SpacesAsync(organizations, ofOrganizations, cancellationToken);
        string filter = settings.Spaces.IsEmpty || spaces.Count > MostInFilter ? ofOrganizations : Filter("space_guids", spaces);

        IReadOnlyList<AppObject> apps = await Lists.ReadAsync(client, "apps", filter, times.PageSize, ControllerJson.Default.PageAppObject, cancellationToken);
        IReadOnlyList<ProcessObject> processes = await Lists.ReadAsync(client, "processes", filter, times.PageSize, ControllerJson.Default.PageProcessObject, cancellationToken);
        IReadOnlyList<RouteObject> routes = await Lists.ReadAsync(client, "routes", filter, times.PageSize, ControllerJson.Default.PageRouteObject, cancellationToken);
        var builder = new CatalogBuilder(organizations, spaces, apps, processes, routes);
        var stats = new ConcurrentDictionary<string, ProcessStats>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            builder.Running, new ParallelOptions { MaxDegreeOfParallelism = times.Reads, CancellationToken = cancellationToken },
            async (process, token) => stats[process.Guid] = await StatsAsync(process, token));
        Dictionary<string, App> built = builder.Build(stats);
        ThrowIfHidden(built.Values);
        return new AppCatalog(built, begun);
    }

    public void Dispose() => client.Dispose();

    private async Task<IReadOnlyList<OrganizationObject>> OrganizationsAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<OrganizationObject> seen = await Lists.ReadAsync(
            client, "organizations", Named(settings.Organizations), times.PageSize, ControllerJson.Default.PageOrganizationObject, cancellationToken);
        // What may not be seen is left out of lists without a word.
        if (seen.Count == 0 && settings.Organizations.IsEmpty)
        {
            throw Hidden("no organization at all");
        }
        foreach (string name in settings.Organizations)
        {
            if (seen.All(organization => !Is(organization.Name, name)))
            {
                throw Hidden($"the organization {name} not");
            }
        }
        return seen;
    }

    private async Task<IReadOnlyList<SpaceObject>> SpacesAsync(IReadOnlyList<OrganizationObject> organizations, string filter, CancellationToken cancellationToken)
    {
        string named = Named(settings.Spaces);
        IReadOnlyList<SpaceObject> seen = await Lists.ReadAsync(
            client, "spaces", filter.Length > 0 && named.Length > 0 ? $"{filter}&{named}" : filter + named, times.PageSize, ControllerJson.Default.PageSpaceObject, cancellationToken);
        HashSet<string> wanted = [.. organizations.Select(organization => organization.Guid)];
        SpaceObject[] spaces = [.. seen.Where(space => wanted.Contains(space.Relationships?.Organization?.Data?.Guid ?? ""))];
        foreach (string name in settings.Spaces)
        {
            if (spaces.All(space => !Is(space.Name, name)))
            {
                throw Hidden($"the space {name} not");
            }
        }
        return spaces;
    }

    private async Task<ProcessStats> StatsAsync(ProcessObject process, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetAsync("processes/stats", $"v3/processes/{Uri.EscapeDataString(process.Guid)}/stats", ControllerJson.Default.ProcessStats, cancellationToken);
        }
        catch (CloudFoundryException failure) when (failure.Status == HttpStatusCode.NotFound)
        {
            // It went since the list was read.
            return new ProcessStats { Resources = [] };
        }
    }

    private void ThrowIfHidden(IEnumerable<App> apps)
    {
        AppInstance[] running = [.. apps.SelectMany(app => app.Instances).Where(instance => instance.IsPlaced)];
        if (settings.Nats is null && running.Length > 0 && running.All(instance => instance.Host.Length == 0))
        {
            throw new CloudFoundryException(
                $"{Who} says of no running instance where it is: it hides that from {settings.Api!.Who}, give it the role of a space developer or the scope cloud_controller.admin_read_only, or add nats");
        }
    }

    private CloudFoundryException Hidden(string what) => new(
        $"{Who} shows {settings.Api!.Who} {what}: it is not there, or may not be seen; give the scope cloud_controller.global_auditor or a role in it, or correct the name");

    private static string Filter<T>(string name, IReadOnlyList<T> resources)
        where T : IResource =>
        resources.Count is > 0 and <= MostInFilter ? $"{name}={string.Join(',', resources.Select(resource => Uri.EscapeDataString(resource.Guid)))}" : "";

    private static string Named(ValueList<string> names) =>
        names.Count is > 0 and <= MostInFilter ? $"names={string.Join(',', names.Select(Uri.EscapeDataString))}" : "";

    // As the Cloud Controller compares them.
    private static bool Is(string name, string wanted) => string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase);
}
