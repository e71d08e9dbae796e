using System.Collections.Immutable;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace ControlPlane.Adapters.Configuration;

/// <summary>
/// Reads YAML documents into nodes that know their lines. Scalars are typed as in YAML 1.2's core schema: <c>true</c> and <c>false</c> are booleans,
/// <c>yes</c>, <c>no</c>, <c>on</c> and <c>off</c> are texts.
/// </summary>
public static partial class YamlNodes
{
    private const int MaximumDepth = 64;

    // Aliases of aliases grow exponentially: what they stand for is counted, too.
    private const int MaximumNodes = 1_000_000;

    /// <summary>All documents of a text that are not empty. Stops at the first error of syntax, for what follows has no sure meaning.</summary>
    public static IReadOnlyList<ConfigNode> Read(string text, ProblemList problems)
    {
        var documents = new List<ConfigNode>();
        var builder = new Builder(new Parser(new StringReader(text)), problems);
        try
        {
            while (builder.NextDocument() is { } document)
            {
                if (document is not ScalarNode { Type: ScalarType.Null })
                {
                    documents.Add(document);
                }
            }
        }
        catch (YamlException error)
        {
            string reason = error.InnerException?.Message ?? error.Message;
            problems.Add((int)error.Start.Line, "", $"not valid YAML: {reason.TrimEnd('.')} (column {error.Start.Column})");
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException)
        {
            // The scanner has states that it says no more of.
            problems.Add(builder.Line, "", "not valid YAML at this line or after it");
        }
        return documents;
    }

    [GeneratedRegex(@"^[-+]?(0|[1-9][0-9]*)(\.[0-9]*)?([eE][-+]?[0-9]+)?$")]
    private static partial Regex Number();

    private sealed class Builder(Parser parser, ProblemList problems)
    {
        private readonly Dictionary<string, (ConfigNode Node, int Size)> anchors = [];
        private int size;

        public int Line => (int)(parser.Current?.End.Line ?? 0);

        public ConfigNode? NextDocument()
        {
            while (parser.MoveNext())
            {
                if (parser.Current is DocumentStart)
                {
                    anchors.Clear();
                    size = 0;
                    parser.MoveNext();
                    return Next(0);
                }
            }
            return null;
        }

        /// <summary>Takes the node that begins at the current event, and leaves the parser at its last event.</summary>
        private ConfigNode Next(int depth)
        {
            ParsingEvent current = parser.Current!;
            int before = size++;
            if (depth > MaximumDepth)
            {
                throw new YamlException(current.Start, current.End, $"nested deeper than {MaximumDepth} levels");
            }
            ConfigNode node = current switch
            {
                Scalar scalar => new ScalarNode(LineOf(current), scalar.Value, TypeOf(scalar)),
                SequenceStart => Sequence(LineOf(current), depth),
                MappingStart => Mapping(LineOf(current), depth),
                AnchorAlias alias => Resolve(alias),
                _ => throw new YamlException(current.Start, current.End, $"unexpected {current.GetType().Name}"),
            };
            if (size > MaximumNodes)
            {
                throw new YamlException(current.Start, current.End, $"a document of more than {MaximumNodes} values, counting what aliases stand for");
            }
            if (current is NodeEvent { Anchor.IsEmpty: false } anchored)
            {
                anchors[anchored.Anchor.Value] = (node, size - before);
            }
            return node;
        }

        private ConfigNode Resolve(AnchorAlias alias)
        {
            if (!anchors.TryGetValue(alias.Value.Value, out (ConfigNode Node, int Size) anchor))
            {
                throw new YamlException(alias.Start, alias.End, $"the alias *{alias.Value.Value} has no anchor above it");
            }
            size += anchor.Size;
            return anchor.Node;
        }

        private SequenceNode Sequence(int line, int depth)
        {
            ImmutableArray<ConfigNode>.Builder items = ImmutableArray.CreateBuilder<ConfigNode>();
            while (parser.MoveNext() && parser.Current is not SequenceEnd)
            {
                items.Add(Next(depth + 1));
            }
            return new SequenceNode(line, items.DrainToImmutable());
        }

        private MappingNode Mapping(int line, int depth)
        {
            ImmutableArray<MappingNode.Field>.Builder fields = ImmutableArray.CreateBuilder<MappingNode.Field>();
            var lines = new Dictionary<string, int>();
            while (parser.MoveNext() && parser.Current is not MappingEnd)
            {
                ParsingEvent key = parser.Current!;
                if (Next(depth + 1) is not ScalarNode { Text: var name } || key is AnchorAlias)
                {
                    throw new YamlException(key.Start, key.End, "a field's name was expected");
                }
                parser.MoveNext();
                ConfigNode value = Next(depth + 1);
                if (name == "<<")
                {
                    problems.Add(LineOf(key), "", "merge keys (<<) are not part of YAML 1.2 and not supported: write the fields out");
                }
                else if (lines.TryAdd(name, LineOf(key)))
                {
                    fields.Add(new MappingNode.Field(name, LineOf(key), value));
                }
                else
                {
                    problems.Add(LineOf(key), name, $"the field is there twice, first in line {lines[name]}: remove one");
                }
            }
            return new MappingNode(line, fields.DrainToImmutable());
        }

        private static int LineOf(ParsingEvent current) => (int)current.Start.Line;

        private static ScalarType TypeOf(Scalar scalar) =>
            scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any) || (!scalar.Tag.IsEmpty && scalar.Tag == "tag:yaml.org,2002:str") ? ScalarType.Text
            : scalar.Value is "" or "~" or "null" or "Null" or "NULL" ? ScalarType.Null
            : scalar.Value is "true" or "True" or "TRUE" or "false" or "False" or "FALSE" ? ScalarType.Boolean
            : Number().IsMatch(scalar.Value) ? ScalarType.Number
            : ScalarType.Text;
    }
}
