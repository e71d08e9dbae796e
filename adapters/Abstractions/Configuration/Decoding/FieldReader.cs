using System.Collections.Immutable;
using System.Globalization;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Configuration;

/// <summary>
/// Takes fields out of a mapping, strictly: each has one type, and those that nobody asked for are problems. It goes on after a problem with a
/// fallback value, so that all problems are found at once; whoever uses the result looks at the problems first.
/// </summary>
public sealed class FieldReader(MappingNode node, int line, string path, ProblemList problems)
{
    private readonly HashSet<string> known = [];

    public int Line => line;

    public string Path => path;

    public ProblemList Problems => problems;

    /// <summary>The line of a field, or of the mapping where it does not have it.</summary>
    public int LineOf(string name) => node.Fields.FirstOrDefault(field => field.Name == name) is { Line: > 0 } field ? field.Line : line;

    /// <summary>The path of a field: <c>spec.ports[0].name</c>.</summary>
    public string PathOf(string name) => path.Length == 0 ? name : name.Length == 0 ? path : $"{path}.{name}";

    public bool Has(string name) => Find(name) is not null;

    public void Refuse(string name, string message) => problems.Add(LineOf(name), PathOf(name), message);

    public string? Text(string name, Func<string, string?>? check = null) =>
        Find(name) is { } value ? TextOf(value, LineOf(name), PathOf(name), check) : null;

    public string RequiredText(string name, Func<string, string?>? check = null)
    {
        RequireField(name, "some text");
        return Text(name, check) ?? "";
    }

    /// <summary>An http or https address. What is wrong is not repeated where it may hold a password: secrets do not belong into objects.</summary>
    public Uri? Url(string name, bool required = false)
    {
        string? text = required ? RequiredText(name) : Text(name);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0)
        {
            return url;
        }
        Refuse(name, "expected an address such as https://host:8500, without user and password" + (text.Contains('@', StringComparison.Ordinal) ? "" : $"; found '{text}'"));
        return null;
    }

    public bool? Boolean(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }
        if (value is ScalarNode { Type: ScalarType.Boolean, Text: var text })
        {
            return text == "true";
        }
        Refuse(name, $"expected true or false, found {value.Describe()}");
        return null;
    }

    /// <summary>The whole mapping, as JSON.</summary>
    public string ToJson() => JsonNodes.Write(node);

    public int? Number(string name, int minimum, int maximum) =>
        Find(name) is { } value ? NumberOf(value, LineOf(name), PathOf(name), minimum, maximum) : null;

    public int RequiredNumber(string name, int minimum, int maximum)
    {
        RequireField(name, string.Create(CultureInfo.InvariantCulture, $"a whole number from {minimum} to {maximum}"));
        return Number(name, minimum, maximum) ?? minimum;
    }

    /// <summary>A number that need not be whole.</summary>
    public double? Real(string name, double minimum, double maximum)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }
        if (value is ScalarNode { Type: ScalarType.Number } scalar
            && double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= minimum && number <= maximum)
        {
            return number;
        }
        Refuse(name, string.Create(CultureInfo.InvariantCulture, $"expected a number from {minimum} to {maximum}, found {value.Describe()}"));
        return null;
    }

    /// <summary>One of some words.</summary>
    /// <param name="later">Words that are right, but not supported yet.</param>
    public T? Choice<T>(string name, IReadOnlyDictionary<string, T> choices, IReadOnlyCollection<string>? later = null)
        where T : struct
    {
        if (Text(name) is not { } word)
        {
            return null;
        }
        if (choices.TryGetValue(word, out T choice))
        {
            return choice;
        }
        string expected = $"expected {string.Join(", ", choices.Keys)}";
        Refuse(name, later?.Contains(word) == true
            ? $"{word} is not supported yet; {expected}"
            : $"{expected}, found '{word}'{Suggestion.For(word, choices.Keys)}");
        return null;
    }

    /// <summary>A mapping; an empty one where the field is not there.</summary>
    public FieldReader Mapping(string name, bool required = false)
    {
        if (required)
        {
            RequireField(name, "a mapping");
        }
        return ReaderOf(Find(name), LineOf(name), PathOf(name));
    }

    /// <summary>A list of mappings.</summary>
    public IReadOnlyList<FieldReader> Mappings(string name, bool required = false)
    {
        ImmutableArray<ConfigNode> items = Items(name, required, "a list of mappings");
        return [.. items.Select((item, index) => ReaderOf(item, item.Line, $"{PathOf(name)}[{index}]"))];
    }

    /// <summary>A list of mappings, in which a text is short for one: that of its one field.</summary>
    /// <param name="fieldOf">The field that a text stands for. It holds a list with that text.</param>
    public IReadOnlyList<FieldReader> MappingsOrTexts(string name, Func<string, string> fieldOf)
    {
        ImmutableArray<ConfigNode> items = Items(name, required: false, "a list");
        return [.. items.Select((item, index) => ReaderOf(
            item is ScalarNode { Type: ScalarType.Text } text ? MappingNode.Of(fieldOf(text.Text), text) : item, item.Line, $"{PathOf(name)}[{index}]"))];
    }

    /// <summary>A list of texts.</summary>
    public ValueList<string> Texts(string name, Func<string, string?>? check = null)
    {
        ImmutableArray<ConfigNode> items = Items(name, required: false, "a list of texts");
        return items.Select((item, index) => TextOf(item, item.Line, $"{PathOf(name)}[{index}]", check) ?? "").ToValueList();
    }

    /// <summary>The names of the fields of a mapping whose names are free, in the order of their names.</summary>
    public IReadOnlyList<string> Names
    {
        get
        {
            known.UnionWith(node.Fields.Select(item => item.Name));
            return [.. node.Fields.Select(item => item.Name).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Fields that are right and mean nothing here.</summary>
    public void Accept(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            known.Add(name);
        }
    }

    /// <summary>Fields that are right and would mean something that we do not do yet: refused, where they hold anything.</summary>
    public void NotSupportedYet(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Find(name) is { } value and not (SequenceNode { Items.IsEmpty: true } or MappingNode { Fields.IsEmpty: true }))
            {
                Refuse(name, "not supported yet: remove the field");
            }
        }
    }

    /// <summary>Every field that was not asked for is a problem. Called last.</summary>
    public void RefuseOthers()
    {
        foreach (MappingNode.Field field in node.Fields)
        {
            if (!known.Contains(field.Name))
            {
                string hint = Suggestion.For(field.Name, known);
                Refuse(field.Name, "unknown field" + (hint.Length > 0 ? hint : $"; expected {string.Join(", ", known.Order(StringComparer.Ordinal))}"));
            }
        }
    }

    private ConfigNode? Find(string name)
    {
        known.Add(name);
        return node.Find(name) is { } value and not ScalarNode { Type: ScalarType.Null } ? value : null;
    }

    private void RequireField(string name, string expected)
    {
        if (Find(name) is null)
        {
            Refuse(name, $"missing: {expected} was expected");
        }
    }

    private ImmutableArray<ConfigNode> Items(string name, bool required, string expected)
    {
        switch (Find(name))
        {
            case SequenceNode { Items.IsEmpty: false } list:
                return list.Items;
            case null or SequenceNode:
                if (required)
                {
                    Refuse(name, $"missing: {expected} was expected, with at least one");
                }
                return [];
            case { } other:
                Refuse(name, $"expected {expected}, found {other.Describe()}");
                return [];
        }
    }

    private FieldReader ReaderOf(ConfigNode? value, int at, string valuePath)
    {
        if (value is MappingNode mapping)
        {
            return new FieldReader(mapping, at, valuePath, problems);
        }
        if (value is not null)
        {
            problems.Add(at, valuePath, $"expected a mapping, found {value.Describe()}");
        }
        // What is not there has no problems of its own, so that one mistake is not reported twice.
        return new FieldReader(MappingNode.Empty, at, valuePath, value is null ? problems : new ProblemList(problems.Origin));
    }

    private string? TextOf(ConfigNode value, int at, string valuePath, Func<string, string?>? check)
    {
        if (value is not ScalarNode { Type: ScalarType.Text } scalar)
        {
            string hint = value is ScalarNode { Type: not ScalarType.Null } ? ": put it in quotes" : "";
            problems.Add(at, valuePath, $"expected text, found {value.Describe()}{hint}");
            return null;
        }
        if (check?.Invoke(scalar.Text) is { } wrong)
        {
            problems.Add(at, valuePath, $"{wrong}; found '{scalar.Text}'");
            return null;
        }
        return scalar.Text;
    }

    private int? NumberOf(ConfigNode value, int at, string valuePath, int minimum, int maximum)
    {
        if (value is ScalarNode { Type: ScalarType.Number } scalar
            && int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            && number >= minimum && number <= maximum)
        {
            return number;
        }
        string hint = value is ScalarNode { Type: ScalarType.Text, Text: var text } && int.TryParse(text, CultureInfo.InvariantCulture, out _)
            ? ": remove the quotes" : "";
        problems.Add(at, valuePath, string.Create(
            CultureInfo.InvariantCulture, $"expected a whole number from {minimum} to {maximum}, found {value.Describe()}{hint}"));
        return null;
    }
}
