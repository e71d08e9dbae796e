using System.Collections.Immutable;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Routing;
using ControlPlane.Xds.Resources.Identity;
using ControlPlane.Xds.Resources.Naming;

namespace ControlPlane.Xds.Resources.Views;

/// <summary>
/// Decides what a proxy gets, and keeps it up to date: the scopes of all connected proxies follow each change of the catalog, clusters before
/// secrets before assignments before listeners before routes. What nobody is connected for does not exist.
/// </summary>
public sealed class ViewHost : ICatalogObserver, IProxyAdmission, IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<object, Scope> scopes = [];
    private readonly List<Scope> ordered = [];
    private readonly Dictionary<ServiceId, ServiceShape> shapes = [];
    private readonly HashSet<ConnectedProxy> connected = [];
    private readonly IMeshIdentities identities;
    private readonly Staleness staleness = new();
    private readonly ViewTimes times;
    private RoutingContext context;
    private long certificateChanges;

    /// <summary>Without certificates.</summary>
    public ViewHost()
        : this(new NoIdentities(), TimeProvider.System)
    {
    }

    public ViewHost(IMeshIdentities identities, TimeProvider time)
    {
        this.identities = identities;
        times = new ViewTimes(time, OnDue);
        context = New(CatalogSnapshot.Empty);
        identities.Changed += OnCertificatesChanged;
    }

    /// <summary>How many scopes there are now: each is one set of resources that is shared.</summary>
    public int Scopes
    {
        get
        {
            lock (gate)
            {
                return scopes.Count;
            }
        }
    }

    public void OnChanged(CatalogSnapshot snapshot, CatalogChange change)
    {
        List<ConnectedProxy> moved = [];
        lock (gate)
        {
            context = change.Configuration ? New(snapshot) : context.With(snapshot);
            var view = new ViewChange(Concerned(change), Reshaped(change), change.Configuration);
            foreach (Scope scope in ordered)
            {
                scope.Update(context, view);
            }
            if (change.Configuration)
            {
                moved.AddRange(connected.Where(proxy => proxy.Place != PlaceOf(proxy.Metadata)));
            }
        }
        // A proxy whose cluster is described otherwise by now belongs to another view: it comes back and is admitted to that one.
        moved.ForEach(proxy => proxy.Expire());
    }

    public void Dispose() => times.Dispose();

    private RoutingContext New(CatalogSnapshot snapshot) => new(snapshot, identities) { Times = times, Staleness = staleness };

    // Sources that fail or come back change services whose policies say so.
    private IReadOnlyCollection<ServiceId> Concerned(CatalogChange change)
    {
        bool isOther = staleness.Observe(context.Snapshot, times.Now);
        return isOther && context.HasStaleLimits
            ? [.. context.Snapshot.Services.Keys.Where(service => context.PolicyOf(service).StaleLimit is not null).Concat(change.Services).Distinct()]
            : change.Services;
    }

    private void OnDue()
    {
        lock (gate)
        {
            var change = new ViewChange(times.TakeDue(), [], Configuration: false);
            foreach (Scope scope in ordered)
            {
                scope.Update(context, change);
            }
        }
    }

    private void OnCertificatesChanged(string mesh)
    {
        List<ConnectedProxy> moved;
        lock (gate)
        {
            certificateChanges++;
            var change = new ViewChange([], [], Configuration: false, mesh);
            foreach (Scope scope in ordered)
            {
                scope.Update(context, change);
            }
            moved = [
                .. from proxy in connected
                   where !proxy.Identity.HasKey && context.Topology.Find(proxy.Metadata.Cluster)?.Mesh == mesh
                       && IdentityOf(context, mesh, proxy.Metadata, proxy.Credentials).IsMoreThan(proxy.Identity)
                   select proxy];
        }
        moved.ForEach(proxy => proxy.Expire());
    }

    public AdmissionResult Admit(ProxyNode node, StreamCredentials credentials)
    {
        if (ProxyMetadata.TryRead(node.Metadata, out ProxyMetadata metadata) is { } problem)
        {
            return AdmissionResult.Refused(problem);
        }
        // Not under the lock: to verify certificates takes its time, and a fleet comes back at once.
        long changes = Interlocked.Read(ref certificateChanges);
        RoutingContext seen = Volatile.Read(ref context);
        ProxyIdentity? early = seen.Topology.Find(metadata.Cluster) is { } place ? IdentityOf(seen, place.Mesh, metadata, credentials) : null;
        lock (gate)
        {
            if (context.Topology.Find(metadata.Cluster) is not { } cluster)
            {
                return context.Snapshot.Completeness == Model.Catalog.Completeness.Waiting
                    ? AdmissionResult.NotYet("the configuration is not known yet")
                    : AdmissionResult.Refused(
                        $"node.metadata.{ProxyMetadata.Key}.cluster is '{metadata.Cluster}', and no Cluster object has that name: apply one, or correct the proxy's bootstrap");
            }
            RegionGateway? gateway = GatewayOf(metadata);
            if (gateway is not null && (gateway.Mesh != cluster.Mesh || gateway.Network != cluster.Network))
            {
                return AdmissionResult.Refused(
                    $"{gateway.Reference} is in mesh {gateway.Mesh} and network {gateway.Network}, and the proxy's cluster {cluster.Name} in mesh {cluster.Mesh} and network "
                    + $"{cluster.Network}: correct one of the objects, or node.metadata.{ProxyMetadata.Key} in the proxy's bootstrap");
            }
            ProxyIdentity identity = early is not null && changes == certificateChanges && seen.Topology == context.Topology
                ? early
                : IdentityOf(context, cluster.Mesh, metadata, credentials);
            if (identity.IsTooEarly)
            {
                // Without what it has proved earlier it would lose its key, and with that its calls.
                return AdmissionResult.NotYet(identity.Problem ?? "");
            }
            var plan = new ProxyPlan(
                metadata, cluster, LocalityOf(node).Or(gateway?.Locality ?? Locality.Unknown).Or(cluster.Locality), gateway, identity.HasKey ? identity.SpiffeId : null);
            Scope[] used = [.. plan.Scopes(this)];
            foreach (Scope scope in used)
            {
                scope.Users++;
            }
            var proxy = new ConnectedProxy(metadata, credentials, identity, PlaceOf(metadata));
            connected.Add(proxy);
            return AdmissionResult.Accepted(
                metadata.Kind.ToString(),
                new ProxyResources
                {
                    Sets = ProxyPlan.Served(used).ToImmutableDictionary(scope => scope.Set.TypeUrl, scope => scope.Set),
                    Identity = identity.SpiffeId,
                    IdentityProblem = identity.Problem,
                    Expired = proxy.Expired,
                    Release = () => Release(proxy, used),
                });
        }
    }

    /// <summary>The scope with a key, made and filled if it is not there. Called while a proxy is admitted.</summary>
    internal Scope Share(object key, Func<Scope> make)
    {
        if (!scopes.TryGetValue(key, out Scope? scope))
        {
            scope = make();
            scope.Fill(context);
            scopes[key] = scope;
            // Later types after earlier ones; within a type in the order they were made, so that what extends another comes after it.
            int place = ordered.FindLastIndex(other => OrderOf(other) <= OrderOf(scope)) + 1;
            ordered.Insert(place, scope);
        }
        return scope;
    }

    private static int OrderOf(Scope scope) => Array.IndexOf(
        [TypeUrls.Cluster, TypeUrls.Secret, TypeUrls.ClusterLoadAssignment, TypeUrls.Listener, TypeUrls.RouteConfiguration], scope.Set.TypeUrl);

    private static Locality LocalityOf(ProxyNode node) => new(node.Region, node.Zone, node.SubZone);

    private string PlaceOf(ProxyMetadata metadata) =>
        context.Topology.Find(metadata.Cluster) is { } cluster
            ? $"{cluster.Mesh}\n{TrustDomainOf(cluster.Mesh)}\n{cluster.Network}\n{cluster.Locality}\n{(GatewayOf(metadata) is { } gateway ? $"{gateway.Role} {gateway.Mesh} {gateway.Network} {gateway.Locality}" : "")}"
            : "";

    private string TrustDomainOf(string mesh) => context.Topology.MeshNamed(mesh) is { HasCertificates: true } declared ? declared.TrustDomain : "";

    // gRPC clients know no secrets, and gateways that pass TLS on end none.
    private ProxyIdentity IdentityOf(RoutingContext known, string mesh, ProxyMetadata metadata, StreamCredentials credentials) => ProxyIdentity.Of(
        known.Topology.MeshNamed(mesh), credentials,
        metadata.Kind != ProxyKind.Grpc && GatewayOf(metadata, known.Topology) is not { Role: GatewayRole.EastWest or GatewayRole.Egress }, identities);

    // An ingress gateway serves its Gateway object, and calls like everybody else.
    private RegionGateway? GatewayOf(ProxyMetadata metadata) => GatewayOf(metadata, context.Topology);

    private static RegionGateway? GatewayOf(ProxyMetadata metadata, Topology topology) =>
        metadata.Kind == ProxyKind.Gateway && topology.GatewayNamed(metadata.Gateway)?.Declared is { Role: not GatewayRole.Ingress } gateway ? gateway : null;

    private List<ServiceId> Reshaped(CatalogChange change)
    {
        var reshaped = new List<ServiceId>();
        foreach (ServiceId service in change.Services)
        {
            bool isThere = context.Snapshot.Services.TryGetValue(service, out ServiceRecord? record);
            bool wasThere = shapes.TryGetValue(service, out ServiceShape before);
            ServiceShape now = isThere ? ServiceShape.Of(record!) : default;
            if (isThere != wasThere || now != before)
            {
                reshaped.Add(service);
                if (isThere)
                {
                    shapes[service] = now;
                }
                else
                {
                    shapes.Remove(service);
                }
            }
        }
        return reshaped;
    }

    private void Release(ConnectedProxy proxy, Scope[] used)
    {
        lock (gate)
        {
            connected.Remove(proxy);
            foreach (Scope scope in used)
            {
                if (--scope.Users == 0)
                {
                    scopes.Remove(scope.Key);
                    ordered.Remove(scope);
                }
            }
        }
        proxy.Dispose();
    }

    private sealed class ConnectedProxy(ProxyMetadata metadata, StreamCredentials credentials, ProxyIdentity identity, string place) : IDisposable
    {
        private readonly CancellationTokenSource expired = new();

        public ProxyMetadata Metadata => metadata;

        public StreamCredentials Credentials => credentials;

        public ProxyIdentity Identity => identity;

        public string Place => place;

        public CancellationToken Expired => expired.Token;

        public void Expire()
        {
            try
            {
                expired.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It has just gone by itself.
            }
        }

        public void Dispose() => expired.Dispose();
    }
}
