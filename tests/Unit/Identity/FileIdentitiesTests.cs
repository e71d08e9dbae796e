using System.Security.Cryptography.X509Certificates;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Silo.Hosting;
using ControlPlane.Silo.Identity;
using ControlPlane.Xds;
using ControlPlane.Xds.Resources.Identity;
using Microsoft.Extensions.Logging.Abstractions;

namespace ControlPlane.Tests.Unit.Identity;

/// <summary>Who has which credentials, and that the folders are followed.</summary>
public sealed class FileIdentitiesTests : IAsyncLifetime
{
    private const string Id = "spiffe://bank.example/ns/shop/sa/web";
    private const string Token = "a-token-of-the-web";
    private readonly TemporaryFolder root = new();
    private readonly TestAuthority authority = new();
    private readonly FileIdentities identities;
    private int changes;

    public FileIdentitiesTests()
    {
        identities = new FileIdentities(
            new RunOptions { DataFolder = "", CertificateFolder = root.Path }, TimeProvider.System, NullLogger<FileIdentities>.Instance);
        identities.Changed += _ => Interlocked.Increment(ref changes);
    }

    public async ValueTask InitializeAsync()
    {
        await identities.StartAsync(TestContext.Current.CancellationToken);
        Declare(new Mesh { Name = "banking", TrustDomain = "bank.example", CertificateFolder = "banking" });
    }

    public async ValueTask DisposeAsync()
    {
        await identities.StopAsync(CancellationToken.None);
        identities.Dispose();
        root.Dispose();
        authority.Dispose();
    }

    [Fact]
    public async Task Credentials_AreComparedWithWhatTheMeshHas()
    {
        Authenticate(Token, null).IsTooEarly.ShouldBeTrue();
        Authenticate(null, null).IsTooEarly.ShouldBeFalse();
        await FillAsync();

        Authenticate(Token, null).SpiffeId.ShouldBe(Id);
        Authenticate(Token + "x", null).Reason.ShouldBe("its bearer token is nobody's in mesh banking");
        Authenticate(null, authority.Issue(Id).Certificate).SpiffeId.ShouldBe(Id);
        Authenticate(null, authority.Issue("spiffe://other.example/ns/shop/sa/web").Certificate).Reason.ShouldContain("an id that begins with spiffe://bank.example/");
        Authenticate(null, authority.Issue([Id], TimeSpan.FromMinutes(-1)).Certificate).SpiffeId.ShouldBeNull();
        using var other = new TestAuthority("another");
        Authenticate(null, other.Issue(Id).Certificate).SpiffeId.ShouldBeNull();
        Authenticate(Token, other.Issue(Id).Certificate).SpiffeId.ShouldBe(Id);
        identities.Authenticate("another", StreamCredentials.Of($"Bearer {Token}", null)).SpiffeId.ShouldBeNull();
    }

    [Fact]
    public async Task Folder_IsFollowed_AndAMeshThatIsGoneHasNothing()
    {
        await FillAsync();
        int before = changes;
        string serial = identities.CertificateOf("banking", Id)!.Serial;

        Issue();

        await Eventually.Until(() => identities.CertificateOf("banking", Id)?.Serial is { } now && now != serial);
        changes.ShouldBeGreaterThan(before);
        Declare();
        await Eventually.Until(() => identities.BundleOf("banking") is null);
    }

    [Theory]
    [InlineData("../elsewhere")]
    [InlineData("..")]
    [InlineData("/etc")]
    public async Task Folder_OutsideOfTheRoot_IsRefused(string name)
    {
        Declare(new Mesh { Name = "banking", TrustDomain = "bank.example", CertificateFolder = name });

        await Eventually.Until(() => identities.Find("banking")?.Problems is [var problem] && problem.Message.Contains("is not the name of a folder below", StringComparison.Ordinal));
    }

    private Authentication Authenticate(string? token, string? certificate)
    {
        using X509Certificate2? shown = certificate is null ? null : X509Certificate2.CreateFromPem(certificate);
        return identities.Authenticate("banking", StreamCredentials.Of(token is null ? null : $"Bearer {token}", shown?.RawData));
    }

    private void Declare(params Mesh[] meshes) => identities.OnChanged(
        new CatalogSnapshot { Configuration = new ConfigRecord { Version = default, Objects = meshes.ToValueList<ConfigObject>() } },
        new CatalogChange([], Configuration: true, Completeness: false));

    private async Task FillAsync()
    {
        Issue();
        root.Write("banking/web.token", Token);
        root.Write("banking/ca.crt", authority.Certificate);
        await Eventually.Until(() => identities.Find("banking") is { Problems.IsEmpty: true, Bundle: not null });
    }

    private void Issue()
    {
        (string certificate, string key) = authority.Issue(Id);
        root.Write("banking/web.crt", certificate);
        root.Write("banking/web.key", key);
    }
}
