using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary>One object of a source, decoded on its own: what it names is checked later, in its <see cref="ConfigurationSet"/>.</summary>
public sealed record DecodedObject
{
    public required ObjectKey Key { get; init; }

    /// <summary>Where it begins, as in a problem.</summary>
    public required string Where { get; init; }

    /// <summary>Null for services, for objects with problems, and for those that are not ours: a Gateway of another class.</summary>
    public ConfigObject? Config { get; init; }

    /// <summary>Null unless it is a <c>Service</c> without problems.</summary>
    public ServiceDeclaration? Service { get; init; }

    public ValueList<ObjectReference> References { get; init; }

    public ValueList<Problem> Problems { get; init; }
}
