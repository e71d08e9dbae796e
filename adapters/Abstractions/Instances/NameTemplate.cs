using System.Text;
using System.Text.RegularExpressions;

namespace ControlPlane.Adapters.Instances;

/// <summary>
/// Makes a name from what is known of an instance: <c>{tag.app}-{tag.tier|web}</c>. In braces stands <c>service</c>, <c>namespace</c>, <c>id</c> or an attribute,
/// and after a bar what to take where it is missing; without a bar there is no name then.
/// </summary>
public sealed partial class NameTemplate
{
    private readonly Part[] parts;

    private NameTemplate(Part[] parts) => this.parts = parts;

    /// <summary>What is wrong with a template, in words; null: nothing.</summary>
    public static string? Check(string text) =>
        text.Length > 0 && !Placeholders().Replace(text, "").AsSpan().ContainsAny('{', '}')
            ? null
            : "expected text with {attribute} or {attribute|otherwise} in it, such as {tag.app|web}";

    /// <exception cref="FormatException">The text is not a template.</exception>
    public static NameTemplate Parse(string text)
    {
        if (Check(text) is { } wrong)
        {
            throw new FormatException($"'{text}': {wrong}");
        }
        var parts = new List<Part>();
        int end = 0;
        foreach (Match match in Placeholders().Matches(text))
        {
            parts.Add(new Part(text[end..match.Index], null, null));
            parts.Add(new Part("", match.Groups["name"].Value, match.Groups["otherwise"] is { Success: true, Value: var otherwise } ? otherwise : null));
            end = match.Index + match.Length;
        }
        parts.Add(new Part(text[end..], null, null));
        return new NameTemplate([.. parts]);
    }

    /// <summary>The text for an instance; null: something that it needs is missing.</summary>
    public string? Apply(Instance instance)
    {
        if (parts is [{ Literal: "" }, { Attribute: { } only } one, { Literal: "" }])
        {
            // What nearly every mapping is.
            return ValueOf(instance, only) ?? one.Otherwise;
        }
        var made = new StringBuilder();
        foreach (Part part in parts)
        {
            made.Append(part.Literal);
            if (part.Attribute is { } name)
            {
                if ((ValueOf(instance, name) ?? part.Otherwise) is not { } value)
                {
                    return null;
                }
                made.Append(value);
            }
        }
        return made.ToString();
    }

    private static string? ValueOf(Instance instance, string name)
    {
        string? value = name switch
        {
            "service" => instance.Service,
            "namespace" => instance.Namespace,
            "id" => instance.Id,
            _ => instance.Attributes.TryGet(name, out string? attribute) ? attribute : null,
        };
        return string.IsNullOrEmpty(value) ? null : value;
    }

    [GeneratedRegex(@"\{(?<name>[^{}|]+)(\|(?<otherwise>[^{}|]*))?\}")]
    private static partial Regex Placeholders();

    private readonly record struct Part(string Literal, string? Attribute, string? Otherwise);
}
