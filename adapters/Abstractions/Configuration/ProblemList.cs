using ControlPlane.Model;

namespace ControlPlane.Adapters.Configuration;

/// <summary>Collects everything that is wrong with one place (a file, an object), so that it can be put right in one go.</summary>
public sealed class ProblemList(Origin origin)
{
    private readonly List<Problem> problems = [];

    public Origin Origin { get; } = origin;

    /// <summary>The object that is being read, <c>Service shop/cart</c>: named in each problem where the origin does not name it itself.</summary>
    public string Subject { get; set; } = "";

    public int Count => problems.Count;

    public ValueList<Problem> ToValueList() => problems.ToValueList();

    public void Add(int line, string field, string message) => problems.Add(new Problem(Where(line), field, message));

    public string Where(int line) =>
        Origin.HasLines && Subject.Length > 0 ? $"{Origin.At(line)} {Subject}" : Origin.At(line);
}
