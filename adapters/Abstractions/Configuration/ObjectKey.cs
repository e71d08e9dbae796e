namespace ControlPlane.Adapters.Configuration;

/// <summary>What there is one of: a kind, a namespace (empty for kinds that have none) and a name.</summary>
public readonly record struct ObjectKey(string Kind, string Namespace, string Name)
{
    public override string ToString() => Namespace.Length == 0 ? $"{Kind} {Name}" : $"{Kind} {Namespace}/{Name}";
}
