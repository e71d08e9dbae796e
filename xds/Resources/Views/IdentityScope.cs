namespace ControlPlane.Xds.Resources.Views;

/// <summary>The secrets of one identity, and those of its mesh. A secret that is not to be had any more stays as it was for those who have it.</summary>
/// <param name="shared">Is kept up to date before this one.</param>
/// <param name="own">They change with the certificates.</param>
internal sealed class IdentityScope(Scope shared, Func<RoutingContext, IEnumerable<Resource>> own) : Scope(TypeUrls.Secret)
{
    public override void Fill(RoutingContext context) =>
        Publish([.. own(context).Concat(shared.Set.Resources.Values).Select(resource => new ResourceChange(resource.Name, resource))], context);

    public override void Update(RoutingContext context, ViewChange change)
    {
        bool mayDiffer = change.Configuration || change.Certificates is not null;
        IEnumerable<ResourceChange> changes = mayDiffer ? own(context).Where(IsNews).Select(resource => new ResourceChange(resource.Name, resource)) : [];
        Publish([.. changes, .. shared.LastChanges], context);
    }
}
