using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary><c>Mesh</c>: a trust domain, and where its certificates come from.</summary>
internal static class MeshDecoder
{
    private static readonly Dictionary<string, MtlsMode> Modes = Enum.GetValues<MtlsMode>()
        .ToDictionary(mode => mode.ToString().ToLowerInvariant(), StringComparer.OrdinalIgnoreCase);

    public static DecodedPart Decode(FieldReader spec, DecodeContext context)
    {
        MtlsMode? mtls = spec.Choice("mtls", Modes);
        var mesh = new Mesh
        {
            Name = context.Metadata.Name,
            Origin = context.Origin,
            TrustDomain = spec.Text("trustDomain", Names.TrustDomain) ?? $"{context.Metadata.Name}.mesh",
            Mtls = mtls ?? MtlsMode.Permissive,
            CertificateFolder = Folder(spec),
        };
        if (mtls == MtlsMode.Strict && !spec.Has("certificates"))
        {
            spec.Refuse("mtls", "a mesh without certificates cannot be strict, its calls are plaintext: add the field certificates, or remove this one");
        }
        spec.RefuseOthers();
        return new DecodedPart(mesh);
    }

    private static string Folder(FieldReader spec)
    {
        if (!spec.Has("certificates"))
        {
            return "";
        }
        FieldReader certificates = spec.Mapping("certificates");
        FieldReader files = certificates.Mapping("files", required: true);
        string folder = certificates.Has("files") ? files.RequiredText("folder", Names.Folder) : "";
        files.RefuseOthers();
        certificates.RefuseOthers();
        return folder;
    }
}
