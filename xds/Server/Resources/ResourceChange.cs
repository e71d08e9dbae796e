namespace ControlPlane.Xds;

/// <summary>One resource of a set is new or another one now.</summary>
/// <param name="Resource">Null: it is gone.</param>
public readonly record struct ResourceChange(string Name, Resource? Resource);
