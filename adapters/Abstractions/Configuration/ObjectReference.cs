namespace ControlPlane.Adapters.Configuration;

/// <summary>An object that another one names.</summary>
/// <param name="Where">Where it is named, as in a problem.</param>
/// <param name="Field">The field that names it.</param>
public sealed record ObjectReference(ObjectKey Target, string Where, string Field);
