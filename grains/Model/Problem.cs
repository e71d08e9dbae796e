namespace ControlPlane.Model;

/// <summary>Something wrong with what a source holds: bad input, or an object that is refused. Says where, what was expected and what to do.</summary>
/// <param name="Where"><c>file.yaml:12</c> or <c>Kind namespace/name</c>.</param>
/// <param name="Field">The path of the field, <c>spec.ports[0].port</c>; empty where it is the whole object.</param>
/// <param name="Message">What is wrong, what was expected, and what to do.</param>
[GenerateSerializer, Immutable, Alias("cp.Problem")]
public sealed record Problem(
    [property: Id(0)] string Where,
    [property: Id(1)] string Field,
    [property: Id(2)] string Message)
{
    public override string ToString() => Field.Length == 0 ? $"{Where}: {Message}" : $"{Where}: {Field}: {Message}";
}
