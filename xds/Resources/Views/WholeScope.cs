namespace ControlPlane.Xds.Resources.Views;

/// <summary>Resources that come from many services and objects together: listeners, routes. Made anew when a service's shape or the configuration changes.</summary>
/// <param name="generate">All resources of the scope.</param>
/// <param name="followsCertificates">Whether they depend on which certificates there are.</param>
internal sealed class WholeScope(string typeUrl, Func<RoutingContext, IEnumerable<Resource>> generate, bool followsCertificates = false) : Scope(typeUrl)
{
    public override void Fill(RoutingContext context)
    {
        var changes = new List<ResourceChange>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (Resource resource in generate(context))
        {
            names.Add(resource.Name);
            if (IsNews(resource))
            {
                changes.Add(new ResourceChange(resource.Name, resource));
            }
        }
        changes.AddRange(Set.Resources.Keys.Where(name => !names.Contains(name)).Select(name => new ResourceChange(name, null)));
        Publish(changes, context);
    }

    public override void Update(RoutingContext context, ViewChange change)
    {
        if (change.Configuration || change.Reshaped.Count > 0 || (followsCertificates && change.Certificates is not null))
        {
            Fill(context);
        }
        else
        {
            Publish([], context);
        }
    }
}
