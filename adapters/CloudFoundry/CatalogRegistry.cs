using ControlPlane.Adapters.CloudFoundry.Apps;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Adapters.CloudFoundry;

/// <summary>A foundation as its Cloud Controller alone has it, each app a group.</summary>
/// <param name="catalog">Disposed of with this.</param>
internal sealed class CatalogRegistry(CatalogReader catalog, TimeSpan rest, TimeProvider time) : PolledRegistry(rest, time), IDisposable
{
    public void Dispose() => catalog.Dispose();

    protected override async Task<RegistryReading> ReadAsync(CancellationToken cancellationToken)
    {
        AppCatalog read = await catalog.ReadAsync(cancellationToken);
        var problems = new List<Problem>();
        var groups = new Dictionary<string, ValueList<Instance>>(StringComparer.Ordinal);
        foreach (App app in read.Apps.Values.OrderBy(app => app.Guid, StringComparer.Ordinal))
        {
            ValueList<Instance> instances = AppInstances.ToldApart(AppInstances.Of(app, problems));
            if (!instances.IsEmpty)
            {
                groups[app.Group] = instances;
            }
        }
        return new RegistryReading(groups, problems.OrderBy(problem => problem.Where, StringComparer.Ordinal).ToValueList());
    }
}
