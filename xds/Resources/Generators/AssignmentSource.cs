using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Routing;
using ControlPlane.Xds.Resources.Views;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>The assignments of services for one view, with a router that is made anew when the topology is.</summary>
internal sealed class AssignmentSource(RoutingView view)
{
    private readonly Dictionary<string, TierDamper> dampers = [];
    private Topology? topology;
    private AssignmentGenerator? generator;

    public IEnumerable<Resource> Generate(ServiceRecord service, RoutingContext context)
    {
        if (generator is null || topology != context.Topology)
        {
            topology = context.Topology;
            generator = new AssignmentGenerator(new ViewRouter(view, topology));
        }
        return ResourceFactory.Assignments(service, generator, context, Hold);
    }

    // What its policy holds back of a port, or part of one.
    private RoutePlan Hold(RoutePlan plan, string envoyCluster, ServiceId service, EffectivePolicy policy, ViewTimes times)
    {
        if (!dampers.TryGetValue(envoyCluster, out TierDamper? damper))
        {
            dampers[envoyCluster] = damper = new TierDamper();
        }
        RoutePlan held = damper.Apply(plan, TimeSpan.FromSeconds(policy.Hold), times.Now, policy.Overprovisioning, out TimeSpan? due);
        if (due is { } at)
        {
            times.Wake(service, at);
        }
        return held;
    }
}
