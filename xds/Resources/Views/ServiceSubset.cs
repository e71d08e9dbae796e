using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;

namespace ControlPlane.Xds.Resources.Views;

/// <summary>All of a service, or a part of its endpoints that has a name of its own.</summary>
/// <param name="Name">A DNS label; empty: all of it.</param>
/// <param name="Declared">The policy's subset that it is; null: all of it, or the one endpoint with that name.</param>
internal sealed record ServiceSubset(string Name, Subset? Declared)
{
    private static readonly ServiceSubset Whole = new("", null);

    /// <summary>Whether it is a single endpoint: its name means something within its own network only.</summary>
    public bool IsEndpoint => Name.Length > 0 && Declared is null;

    /// <summary>The whole first. A part of a policy's comes before an endpoint of the same name.</summary>
    public static IEnumerable<ServiceSubset> Of(ServiceRecord service, RoutingContext context)
    {
        yield return Whole;
        ValueList<Subset> declared = context.PolicyOf(service.Service).Subsets;
        foreach (Subset subset in declared)
        {
            yield return new ServiceSubset(subset.Name, subset);
        }
        foreach (string hostname in ServiceShape.Of(service).Hostnames)
        {
            if (!declared.Any(subset => subset.Name == hostname))
            {
                yield return new ServiceSubset(hostname, null);
            }
        }
    }

    /// <summary>The endpoints that it means to a view.</summary>
    public ValueList<Endpoint> Select(ViewRouter router, ValueList<Endpoint> endpoints) =>
        Declared is not null ? endpoints.Where(Declared.Selects).ToValueList()
        : IsEndpoint ? router.Named(endpoints, Name)
        : endpoints;
}
