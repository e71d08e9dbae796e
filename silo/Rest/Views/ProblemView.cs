using ControlPlane.Model;

namespace ControlPlane.Silo.Rest.Views;

/// <summary>Something wrong with what a source holds.</summary>
/// <param name="Where">File and line, or object.</param>
/// <param name="Field">Null: it is the whole object.</param>
public sealed record ProblemView(string Where, string? Field, string Message)
{
    public static ProblemView Of(Problem problem) => new(problem.Where, problem.Field.Length == 0 ? null : problem.Field, problem.Message);
}
