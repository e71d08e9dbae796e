using ControlPlane.Model;
using ControlPlane.Model.Catalog;

namespace ControlPlane.Xds.Resources.Views;

/// <summary>Resources that each come from one service that callers of a mesh may know: its Envoy clusters, assignments, or what gRPC clients need.</summary>
/// <param name="followsEndpoints">Whether they change with the endpoints, or only with the ports.</param>
/// <param name="generate">The resources of one service.</param>
internal sealed class ServiceScope(
    string typeUrl, string mesh, bool followsEndpoints, Func<ServiceRecord, RoutingContext, IEnumerable<Resource>> generate) : Scope(typeUrl)
{
    private readonly Dictionary<ServiceId, string[]> names = [];

    public override void Fill(RoutingContext context)
    {
        var changes = new List<ResourceChange>();
        HashSet<ServiceId> gone = [.. names.Keys];
        // Each view has one of these: not twice as large as it need be.
        names.EnsureCapacity(context.Snapshot.Services.Count);
        foreach (ServiceRecord service in context.ServicesFor(mesh))
        {
            gone.Remove(service.Service);
            Generate(service.Service, service, context, changes);
        }
        foreach (ServiceId service in gone)
        {
            Generate(service, null, context, changes);
        }
        Publish(changes, context);
    }

    public override void Update(RoutingContext context, ViewChange change)
    {
        if (change.Configuration || (Set.TypeUrl == TypeUrls.Secret && change.Certificates == mesh))
        {
            Fill(context);
            return;
        }
        var changes = new List<ResourceChange>();
        foreach (ServiceId service in followsEndpoints ? change.Services : change.Reshaped)
        {
            if (context.IsFor(service, mesh))
            {
                Generate(service, context.Snapshot.Services.GetValueOrDefault(service), context, changes);
            }
        }
        Publish(changes, context);
    }

    private void Generate(ServiceId id, ServiceRecord? service, RoutingContext context, List<ResourceChange> changes)
    {
        names.Remove(id, out string[]? before);
        if (service is not null)
        {
            var now = new List<string>(1);
            foreach (Resource resource in generate(service, context))
            {
                now.Add(resource.Name);
                if (IsNews(resource))
                {
                    changes.Add(new ResourceChange(resource.Name, resource));
                }
            }
            // Nearly always they are the same: nothing to be kept twice.
            names[id] = before is not null && before.AsSpan().SequenceEqual(now.ToArray()) ? before : context.Shared(id, now);
        }
        foreach (string name in before ?? [])
        {
            if (!names.TryGetValue(id, out string[]? now) || !now.Contains(name))
            {
                changes.Add(new ResourceChange(name, null));
            }
        }
    }
}
