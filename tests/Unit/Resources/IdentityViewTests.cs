using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Xds;
using ControlPlane.Xds.Resources.Views;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Unit.Resources;

/// <summary>Who gets which keys, and when secrets are made again.</summary>
public sealed class IdentityViewTests
{
    private const string Cart = "p80.cart.shop.default.mesh";
    private const string Peers = "peers.cart.shop.default.mesh";
    private static readonly Mesh Declared = new() { Name = "default", TrustDomain = KnownIdentities.TrustDomain, CertificateFolder = "default" };
    private readonly KnownIdentities identities = new();
    private readonly FakeTimeProvider time = new();
    private readonly ViewHost host;

    public IdentityViewTests()
    {
        host = new ViewHost(identities, time);
        identities.Set(KnownIdentities.IdOf("web"), "key of web");
        identities.Set(KnownIdentities.IdOf("other"), "key of other");
        Show(Service("cart", Mtls("10.0.0.1", "cart")), Declared);
    }

    [Fact]
    public void Sidecar_ThatHasProvedWhoItIs_GetsItsOwnKeyAlone()
    {
        ProxyResources proxy = Admit("web");

        proxy.Identity.ShouldBe(KnownIdentities.IdOf("web"));
        proxy.IdentityProblem.ShouldBeNull();
        proxy.Sets[TypeUrls.Secret].Resources.Keys.Order(StringComparer.Ordinal).ShouldBe(["authorities.default", "identity", Peers]);
        KeyOf(proxy).ShouldBe("key of web");
        Secret(proxy, Peers).ValidationContext.MatchTypedSubjectAltNames.Single().Matcher.Exact.ShouldBe(KnownIdentities.IdOf("cart"));
        Secret(proxy, "authorities.default").ValidationContext.MatchTypedSubjectAltNames.Single().Matcher.Prefix.ShouldBe("spiffe://default.mesh/");
        Sockets(proxy).ShouldBe(["mtls", "plaintext"]);
    }

    [Fact]
    public void Sidecars_OfOneIdentity_ShareItsSecrets()
    {
        ProxyResources first = Admit("web");
        ProxyResources second = Admit("web");
        ProxyResources other = Admit("other");

        second.Sets[TypeUrls.Secret].ShouldBeSameAs(first.Sets[TypeUrls.Secret]);
        other.Sets[TypeUrls.Secret].ShouldNotBeSameAs(first.Sets[TypeUrls.Secret]);
        other.Sets[TypeUrls.Cluster].ShouldBeSameAs(first.Sets[TypeUrls.Cluster]);
        other.Sets[TypeUrls.Secret].Resources[Peers].ShouldBeSameAs(first.Sets[TypeUrls.Secret].Resources[Peers]);
    }

    [Fact]
    public void Sidecar_ThatHasProvedNothing_GetsNoKeyAndNoSockets()
    {
        ProxyResources proxy = host.Admit(Worlds.Sidecar(), StreamCredentials.None).Resources.ShouldNotBeNull();

        proxy.Identity.ShouldBeNull();
        proxy.IdentityProblem.ShouldBe("no credentials");
        proxy.Sets.ShouldNotContainKey(TypeUrls.Secret);
        Sockets(proxy).ShouldBeEmpty();
    }

    [Fact]
    public void Sidecar_WithoutACertificateOfItsIdentity_IsKnownAndHasNoKey()
    {
        identities.Know(KnownIdentities.IdOf("late"));

        ProxyResources late = Admit("late");

        late.Identity.ShouldBe(KnownIdentities.IdOf("late"));
        late.IdentityProblem.ShouldBe("there is no certificate with a key of spiffe://default.mesh/ns/shop/sa/late in mesh default");
        late.Sets.ShouldNotContainKey(TypeUrls.Secret);
        identities.Set(KnownIdentities.IdOf("late"), "key of late");
        identities.Tell();
        late.Expired.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public void GrpcClient_NeedsNoKey()
    {
        ProxyResources proxy = host.Admit(Worlds.Grpc(), StreamCredentials.None).Resources.ShouldNotBeNull();

        proxy.IdentityProblem.ShouldBeNull();
        proxy.Sets.ShouldNotContainKey(TypeUrls.Secret);
    }

    [Fact]
    public void Proof_ThatCannotBeComparedYet_IsTooEarly()
    {
        identities.Bundle = null;

        AdmissionResult result = host.Admit(Worlds.Sidecar(), KnownIdentities.Of(KnownIdentities.IdOf("web")));

        result.Resources.ShouldBeNull();
        result.IsFinal.ShouldBeFalse();
        result.Message.ShouldBe("nothing is known");
    }

    [Fact]
    public void Rotation_MakesOnlyThatIdentityAnew()
    {
        ProxyResources web = Admit("web");
        ProxyResources other = Admit("other");
        Dictionary<string, Resource> before = Secrets(web);
        Dictionary<string, Resource> beforeOfOther = Secrets(other);

        identities.Set(KnownIdentities.IdOf("web"), "next key of web");
        identities.Tell();

        KeyOf(web).ShouldBe("next key of web");
        Changed(before, Secrets(web)).ShouldBe(["identity"]);
        Changed(beforeOfOther, Secrets(other)).ShouldBeEmpty();
        web.Expired.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public void NewAuthorities_AreInAllThatTrust()
    {
        ProxyResources web = Admit("web");
        Dictionary<string, Resource> before = Secrets(web);

        identities.Bundle = new(KnownIdentities.TrustDomain, "authorities 2");
        identities.Tell();

        Changed(before, Secrets(web)).ShouldBe(["authorities.default", Peers]);
        Secret(web, Peers).ValidationContext.TrustedCa.InlineString.ShouldBe("authorities 2");
    }

    [Fact]
    public void NewIdentity_OfAnEndpoint_ChangesItsPeersAlone_AndTheAssignmentNamesThem()
    {
        ProxyResources web = Admit("web");
        Resource cluster = web.Sets[TypeUrls.Cluster].Resources[Cart];

        Show(Service("cart", Mtls("10.0.0.1", "cart"), Mtls("10.0.0.2", "cart2")), Declared, isNew: false);

        Secret(web, Peers).ValidationContext.MatchTypedSubjectAltNames.Select(name => name.Matcher.Exact).ShouldBe([KnownIdentities.IdOf("cart"), KnownIdentities.IdOf("cart2")]);
        web.Sets[TypeUrls.Cluster].Resources[Cart].ShouldBeSameAs(cluster);
        web.Sets[TypeUrls.ClusterLoadAssignment].Resources[Cart].References.ShouldBe([new ResourceReference(TypeUrls.Secret, Peers)]);
    }

    [Fact]
    public void IdentityThatLeaves_IsTrusted_UntilNobodyCallsItsEndpointAnyMore()
    {
        Show(Service("cart", Mtls("10.0.0.1", "cart"), Mtls("10.0.0.2", "cart2")), Declared);
        ProxyResources web = Admit("web");
        string[] Trusted() => [.. Secret(web, Peers).ValidationContext.MatchTypedSubjectAltNames.Select(name => name.Matcher.Exact)];

        Show(Service("cart", Mtls("10.0.0.1", "cart")), Declared, isNew: false);
        Trusted().ShouldBe([KnownIdentities.IdOf("cart"), KnownIdentities.IdOf("cart2")]);
        time.Advance(TimeSpan.FromSeconds(9));
        Trusted().Length.ShouldBe(2);

        time.Advance(TimeSpan.FromSeconds(2));

        Trusted().ShouldBe([KnownIdentities.IdOf("cart")]);
    }

    [Fact]
    public void Peers_WhoseIdentityIsNotKnown_MayBeAnyOfTheNamespace()
    {
        Show(Service("cart", Mtls("10.0.0.1", "cart"), Mtls("10.0.0.2", "")), Declared);

        Secret(Admit("web"), Peers).ValidationContext.MatchTypedSubjectAltNames.Single().Matcher.Prefix.ShouldBe("spiffe://default.mesh/ns/shop/");
    }

    [Fact]
    public void Proxy_WithoutAKey_ComesAgainWhenThereIsOne_AndWhoLosesItStays()
    {
        ProxyResources late = host.Admit(Worlds.Sidecar(), KnownIdentities.Of(KnownIdentities.IdOf("late"))).Resources.ShouldNotBeNull();
        ProxyResources web = Admit("web");
        late.IdentityProblem.ShouldBe("nobody's");

        identities.Set(KnownIdentities.IdOf("late"), "key of late");
        identities.Tell("another");
        late.Expired.IsCancellationRequested.ShouldBeFalse();
        identities.Tell();

        late.Expired.IsCancellationRequested.ShouldBeTrue();
        web.Expired.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public void Mesh_ThatGetsCertificates_AdmitsItsProxiesAnew()
    {
        Show(Service("cart", Mtls("10.0.0.1", "cart")), Declared with { CertificateFolder = "" });
        ProxyResources proxy = Admit("web");
        proxy.Sets.ShouldNotContainKey(TypeUrls.Secret);

        Show(Service("cart", Mtls("10.0.0.1", "cart")), Declared);

        proxy.Expired.IsCancellationRequested.ShouldBeTrue();
    }

    private static Endpoint Mtls(string address, string identity) => Samples.Endpoint(address) with { Speaks = Speaks.Mtls, Identity = identity };

    private static ServiceRecord Service(string name, params Endpoint[] endpoints) => Worlds.Service(name, endpoints);

    private static Secret Secret(ProxyResources proxy, string name) => proxy.Sets[TypeUrls.Secret].Resources[name].As<Secret>();

    private static string KeyOf(ProxyResources proxy) => Secret(proxy, "identity").TlsCertificate.PrivateKey.InlineString;

    private static Dictionary<string, Resource> Secrets(ProxyResources proxy) => proxy.Sets[TypeUrls.Secret].Resources.ToDictionary();

    private static IEnumerable<string> Changed(Dictionary<string, Resource> before, Dictionary<string, Resource> after) =>
        after.Where(secret => !ReferenceEquals(secret.Value, before.GetValueOrDefault(secret.Key))).Select(secret => secret.Key).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Sockets(ProxyResources proxy) =>
        proxy.Sets[TypeUrls.Cluster].Resources[Cart].As<Envoy.Config.Cluster.V3.Cluster>().TransportSocketMatches.Select(match => match.Name);

    private ProxyResources Admit(string workload) =>
        host.Admit(Worlds.Sidecar(), KnownIdentities.Of(KnownIdentities.IdOf(workload))).Resources.ShouldNotBeNull();

    private void Show(ServiceRecord service, Mesh mesh, bool isNew = true) =>
        host.OnChanged(Worlds.Of([service], mesh), new CatalogChange([service.Service], Configuration: isNew, Completeness: false));
}
