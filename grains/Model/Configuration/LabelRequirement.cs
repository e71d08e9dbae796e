namespace ControlPlane.Model.Configuration;

/// <summary>What is asked of one label.</summary>
/// <param name="Values">For In and NotIn.</param>
[GenerateSerializer, Immutable, Alias("cp.LabelRequirement")]
public sealed record LabelRequirement(
    [property: Id(0)] string Name,
    [property: Id(1)] LabelOperator Operator,
    [property: Id(2)] ValueList<string> Values)
{
    public bool IsMetBy(ValueList<Label> labels)
    {
        string? value = null;
        foreach (Label label in labels)
        {
            if (label.Name == Name)
            {
                value = label.Value;
                break;
            }
        }
        return Operator switch
        {
            LabelOperator.In => value is not null && Values.Contains(value),
            LabelOperator.NotIn => value is null || !Values.Contains(value),
            LabelOperator.Exists => value is not null,
            _ => value is null,
        };
    }
}
