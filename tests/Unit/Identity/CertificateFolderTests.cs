using ControlPlane.Silo.Identity;
using ControlPlane.Xds;

namespace ControlPlane.Tests.Unit.Identity;

/// <summary>The files of a mesh's certificates: what is good is taken, what is bad changes nothing and is named.</summary>
public sealed class CertificateFolderTests : IDisposable
{
    private const string Id = "spiffe://bank.example/ns/shop/sa/web";
    private const string Token = "a-token-of-the-web";
    private readonly TemporaryFolder files = new();
    private readonly TestAuthority authority = new();
    private readonly CertificateFolder folder;

    public CertificateFolderTests()
    {
        folder = new CertificateFolder(files.Path, "bank.example");
        files.Write("ca.crt", authority.Certificate);
        Issue();
        files.Write("web.token", Token + "\n");
    }

    public void Dispose()
    {
        files.Dispose();
        authority.Dispose();
    }

    [Fact]
    public void Files_ThatAreGood_AreAnIdentityWithItsKeyAndToken()
    {
        MeshCertificates read = Read();

        read.Problems.ShouldBeEmpty();
        read.Bundle!.TrustDomain.ShouldBe("bank.example");
        HeldIdentity web = read.Identities.Single();
        (web.Name, web.SpiffeId).ShouldBe(("web", Id));
        read.CertificateOf(Id)!.Key.ShouldContain("PRIVATE KEY");
        read.OwnerOf(StreamCredentials.DigestOf(Token)).ShouldBe(Id);
        read.OwnerOf(StreamCredentials.DigestOf(Token + "x")).ShouldBeNull();
    }

    [Fact]
    public void Reading_WithoutAChange_IsTheSameRevision()
    {
        string revision = Read().Revision;

        Read().Revision.ShouldBe(revision);
        Issue();
        Read().Revision.ShouldNotBe(revision);
    }

    [Theory]
    [InlineData("web.crt", "nonsense", "web.crt: it holds no certificate")]
    [InlineData("web.crt", "OTHER-DOMAIN", "web.crt: it is of 'spiffe://other.example/ns/shop/sa/web': an id that begins with spiffe://bank.example/ is expected")]
    [InlineData("web.crt", "NO-URI", "web.crt: it has no URI among its subject alternative names")]
    [InlineData("web.crt", "TWO-URIS", "web.crt: it has 2 URIs among its subject alternative names")]
    [InlineData("web.key", "nonsense", "web.key: it holds no private key")]
    [InlineData("web.key", "OTHER-KEY", "web.key: it is not the key of web.crt")]
    [InlineData("web.key", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "web.key: the key is encrypted")]
    [InlineData("web.key", null, "web.key: the file is missing")]
    [InlineData("web.token", "short", "web.token: at least 16 visible characters")]
    [InlineData("web.token", "", "web.token: at least 16 visible characters")]
    [InlineData("ca.crt", "nonsense", "ca.crt: it holds no certificate")]
    [InlineData("ca.crt", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "ca.crt: it holds a certificate that cannot be read")]
    [InlineData("ca.crt", null, "ca.crt: the file is missing")]
    public void File_ThatIsBad_KeepsWhatWasGood_AndIsNamed(string file, string? content, string problem)
    {
        MeshCertificates good = Read();

        Spoil(file, content);
        MeshCertificates bad = Read();

        bad.Revision.ShouldBe(good.Revision);
        string said = bad.Problems.Single().ToString();
        said.ShouldContain(problem);
        said.ShouldContain("What was read before stays in force");
        said.ShouldNotContain("nonsense");
        said.ShouldNotContain("short");
        Issue();
        files.Write("ca.crt", authority.Certificate);
        files.Write("web.token", Token);
        Read().Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("web.crt", "nonsense")]
    [InlineData("web.key", "OTHER-KEY")]
    [InlineData("web.crt", null)]
    public void Workload_ThatWasNeverGood_IsNotKnown(string file, string? content)
    {
        Spoil(file, content);

        MeshCertificates read = Read();

        read.Identities.ShouldBeEmpty();
        read.OwnerOf(StreamCredentials.DigestOf(Token)).ShouldBeNull();
        read.Problems.Single().ToString().ShouldContain("The workload is not known");
    }

    [Fact]
    public void Folder_ThatIsGone_TakesNothingAway()
    {
        string revision = Read().Revision;
        files.Dispose();

        MeshCertificates read = Read();

        read.Revision.ShouldBe(revision);
        read.Problems.Single().ToString().ShouldContain("the folder cannot be read");
    }

    [Fact]
    public void Certificate_ThatHasExpired_IsUsedAndNamed()
    {
        Issue(TimeSpan.FromMinutes(-1));

        MeshCertificates read = Read();

        read.CertificateOf(Id).ShouldNotBeNull();
        read.Problems.Single().ToString().ShouldContain("it has expired on ");
    }

    [Fact]
    public void Certificate_OfAnotherAuthority_IsNamed_AndFineWhenThatIsTrusted()
    {
        using var other = new TestAuthority();
        (string certificate, string key) = other.Issue(Id);
        files.Write("web.crt", certificate);
        files.Write("web.key", key);

        Read().Problems.Single().ToString().ShouldContain("no authority of ca.crt has signed it");
        files.Write("ca.crt", authority.Certificate + other.Certificate);

        Read().Problems.ShouldBeEmpty();
    }

    [Fact]
    public void Token_OfTwoWorkloads_StandsForNeither()
    {
        (string certificate, string key) = authority.Issue("spiffe://bank.example/ns/shop/sa/cart");
        files.Write("cart.crt", certificate);
        files.Write("cart.key", key);
        files.Write("cart.token", Token);

        MeshCertificates read = Read();

        read.OwnerOf(StreamCredentials.DigestOf(Token)).ShouldBeNull();
        read.Problems.Length.ShouldBe(2);
        read.Identities.Length.ShouldBe(2);
    }

    [Fact]
    public void Token_ThatIsDeleted_IsRevoked_AndFilesThatAreDeletedAreGone()
    {
        Read();
        File.Delete(files.File("web.token"));
        Read().OwnerOf(StreamCredentials.DigestOf(Token)).ShouldBeNull();

        File.Delete(files.File("web.crt"));
        File.Delete(files.File("web.key"));

        Read().Identities.ShouldBeEmpty();
    }

    [Fact]
    public void Links_ThatAreSwapped_AreFollowed()
    {
        using var mounted = new TemporaryFolder();
        foreach (string file in (string[])["ca.crt", "web.crt", "web.key"])
        {
            File.CreateSymbolicLink(mounted.File(file), $"..data/{file}");
        }
        Directory.CreateSymbolicLink(mounted.File("..data"), files.Path);
        var linked = new CertificateFolder(mounted.Path, "bank.example");
        string first = linked.Read(TimeProvider.System.GetUtcNow()).Identities.Single().Serial;

        using var next = new TemporaryFolder();
        (string certificate, string key) = authority.Issue(Id);
        next.Write("ca.crt", authority.Certificate);
        next.Write("web.crt", certificate);
        next.Write("web.key", key);
        Directory.CreateSymbolicLink(mounted.File("..next"), next.Path);
        Directory.Delete(mounted.File("..data"));
        Directory.Move(mounted.File("..next"), mounted.File("..data"));

        MeshCertificates read = linked.Read(TimeProvider.System.GetUtcNow());
        read.Problems.ShouldBeEmpty();
        read.Identities.Single().Serial.ShouldNotBe(first);
    }

    [Fact]
    public void Key_WithParametersBeforeIt_IsTakenAlone()
    {
        string key = File.ReadAllText(files.File("web.key"));
        files.Write("web.key", $"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n{key}");

        Read().CertificateOf(Id)!.Key.ShouldBe(key.TrimEnd() + "\n");
    }

    private MeshCertificates Read() => folder.Read(TimeProvider.System.GetUtcNow());

    private void Issue(TimeSpan? valid = null)
    {
        (string certificate, string key) = authority.Issue([Id], valid);
        files.Write("web.crt", certificate);
        files.Write("web.key", key);
    }

    private void Spoil(string file, string? content)
    {
        if (content is null)
        {
            File.Delete(files.File(file));
            return;
        }
        files.Write(file, content switch
        {
            "OTHER-DOMAIN" => authority.Issue("spiffe://other.example/ns/shop/sa/web").Certificate,
            "NO-URI" => authority.Issue([]).Certificate,
            "TWO-URIS" => authority.Issue([Id, Id + "2"]).Certificate,
            "OTHER-KEY" => authority.Issue(Id).Key,
            _ => content,
        });
    }
}
