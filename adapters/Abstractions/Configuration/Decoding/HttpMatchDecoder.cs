using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary>One of <c>matches</c> of a rule of an <c>HTTPRoute</c>.</summary>
internal static class HttpMatchDecoder
{
    private static readonly Dictionary<string, PathMatchType> PathTypes = Enum.GetValues<PathMatchType>().ToDictionary(type => type.ToString());

    private static readonly Dictionary<string, bool> HeaderTypes = new() { ["Exact"] = false, ["RegularExpression"] = true };

    private static readonly Dictionary<string, bool> Methods =
        new[] { "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH" }.ToDictionary(method => method, _ => true);

    public static HttpMatch Decode(FieldReader reader)
    {
        (PathMatchType pathType, string path) = Path(reader.Mapping("path"));
        var headers = new List<HeaderMatch>();
        foreach (FieldReader header in reader.Mappings("headers"))
        {
            HeaderMatch match = Header(header);
            if (headers.Any(other => string.Equals(other.Name, match.Name, StringComparison.OrdinalIgnoreCase)))
            {
                header.Refuse("name", $"the header '{match.Name}' is there twice: remove one");
            }
            headers.Add(match);
        }
        string? method = reader.Text("method");
        if (method is not null)
        {
            reader.Choice("method", Methods);
        }
        reader.NotSupportedYet("queryParams");
        reader.RefuseOthers();
        return new HttpMatch(pathType, path, headers.ToValueList(), method ?? "");
    }

    private static (PathMatchType, string) Path(FieldReader reader)
    {
        PathMatchType type = reader.Choice("type", PathTypes) ?? PathMatchType.PathPrefix;
        string path = reader.Text("value", type == PathMatchType.RegularExpression ? RegularExpressions.Check : Names.Path) ?? "/";
        reader.RefuseOthers();
        return (type, path);
    }

    private static HeaderMatch Header(FieldReader reader)
    {
        bool isExpression = reader.Choice("type", HeaderTypes) ?? false;
        var match = new HeaderMatch(
            reader.RequiredText("name", Names.HeaderName),
            reader.RequiredText("value", isExpression ? RegularExpressions.Check : Names.NotEmpty),
            isExpression);
        reader.RefuseOthers();
        return match;
    }
}
