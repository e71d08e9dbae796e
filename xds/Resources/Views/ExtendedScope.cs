namespace ControlPlane.Xds.Resources.Views;

/// <summary>The resources of another scope and some of one's own: the clusters of a mesh, and those of the local application's ports.</summary>
/// <param name="shared">Is kept up to date before this one.</param>
/// <param name="own">They never change.</param>
internal sealed class ExtendedScope(string typeUrl, Scope shared, IReadOnlyList<Resource> own) : Scope(typeUrl)
{
    public override void Fill(RoutingContext context) =>
        Publish([.. own.Concat(shared.Set.Resources.Values).Select(resource => new ResourceChange(resource.Name, resource))], context);

    public override void Update(RoutingContext context, ViewChange change) => Publish(shared.LastChanges, context);
}
