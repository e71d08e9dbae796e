using ControlPlane.Model;

namespace ControlPlane.Adapters.Configuration;

/// <summary>What is in a file.</summary>
/// <param name="Problems">With the file as such. Those of an object are with the object.</param>
public sealed record DecodedFile(ValueList<DecodedObject> Objects, ValueList<Problem> Problems)
{
    /// <param name="place">The file's name in problems.</param>
    /// <param name="text">YAML with any number of documents, or JSON.</param>
    public static DecodedFile Decode(string place, string text, DecodeOptions options)
    {
        var problems = new ProblemList(new Origin(place, HasLines: true));
        if (string.IsNullOrWhiteSpace(text))
        {
            // What a writer has just begun looks the same: taken at its word, it would remove every object of the file.
            problems.Add(0, "", "the file is empty: expected at least one object; remove the file if none is meant");
            return new DecodedFile([], problems.ToValueList());
        }
        // A tab can only be white space in JSON, and YAML, which JSON is a part of, knows no tabs.
        string readable = place.EndsWith(".json", StringComparison.Ordinal) ? text.Replace('\t', ' ') : text;
        IReadOnlyList<ConfigNode> documents = YamlNodes.Read(readable, problems);
        return new DecodedFile(
            documents.Select(document => ObjectDecoder.Decode(document, problems.Origin, options)).ToValueList(),
            problems.ToValueList());
    }

    /// <summary>A file that could not be read.</summary>
    public static DecodedFile Unreadable(string place, string reason) =>
        new([], [new Problem(place, "", $"cannot be read: {reason}")]);
}
