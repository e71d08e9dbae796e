using ControlPlane.Model;

namespace ControlPlane.Adapters.Regions;

/// <summary>What a link to another region is told.</summary>
public sealed record RegionSettings
{
    /// <summary>Where the other region listens for links.</summary>
    public required Uri Address { get; init; }

    /// <summary>Which services of this region the other one may have.</summary>
    public ValueList<ExportRule> Exports { get; init; } = [ExportRule.Everything];

    public bool MayHave(ServiceId service) => Exports.Any(rule => rule.Covers(service));
}

/// <summary>Services that another region may have. A part that is <c>*</c> means any.</summary>
public sealed record ExportRule(string Mesh, string Namespace, string Service)
{
    private const string Any = "*";

    public static ExportRule Everything { get; } = new(Any, Any, Any);

    public bool Covers(ServiceId service) => Fits(Mesh, service.Mesh) && Fits(Namespace, service.Namespace) && Fits(Service, service.Name);

    private static bool Fits(string wanted, string name) => wanted == Any || wanted == name;
}
