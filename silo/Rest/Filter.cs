namespace ControlPlane.Silo.Rest;

/// <summary>A query parameter that narrows a list.</summary>
/// <param name="Matches">Whether an item stays, given the parameter's value.</param>
internal sealed record Filter<T>(string Name, string Description, Func<T, string, bool> Matches)
{
    /// <summary>The values it knows; empty: any text.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    public static Filter<T> OfEnum<TEnum>(string name, string description, Func<T, TEnum> of) where TEnum : struct, Enum =>
        new(name, description, (item, value) => of(item).ToString().Equals(value, StringComparison.OrdinalIgnoreCase)) { Values = Enum.GetNames<TEnum>() };
}
