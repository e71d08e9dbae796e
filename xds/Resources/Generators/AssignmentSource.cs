using ControlPlane.Model.Catalog;
using ControlPlane.Routing;
using ControlPlane.Xds.Resources.Views;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>The assignments of services for one view, with a router that is made anew when the topology is.</summary>
internal sealed class AssignmentSource(RoutingView view)
{
    private Topology? topology;
    private AssignmentGenerator? generator;

    public IEnumerable<Resource> Generate(ServiceRecord service, RoutingContext context)
    {
        if (generator is null || topology != context.Topology)
        {
            topology = context.Topology;
            generator = new AssignmentGenerator(new ViewRouter(view, topology));
        }
        return ResourceFactory.Assignments(service, generator, context);
    }
}
