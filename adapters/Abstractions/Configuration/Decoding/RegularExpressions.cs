using System.Globalization;
using System.Text.RegularExpressions;

namespace ControlPlane.Adapters.Configuration;

/// <summary>
/// Refuses what RE2, Envoy's engine, would refuse: Envoy answers one bad expression by refusing the whole route configuration.
/// See https://github.com/google/re2/wiki/Syntax.
/// </summary>
internal static partial class RegularExpressions
{
    private const int MaximumLength = 1024;
    private const int MaximumRepeats = 1000;

    public static string? Check(string text)
    {
        if (text.Length is 0 or > MaximumLength)
        {
            return $"expected a regular expression of 1 to {MaximumLength} characters";
        }
        if (OnlyDotNet().IsMatch(text))
        {
            return "expected a regular expression that RE2 knows: it has neither \\G, \\Z, \\c, \\u, class subtraction, comments nor the options n and x";
        }
        foreach (Match repeat in Repeats().Matches(text))
        {
            if (repeat.Groups.Values.Skip(1).Any(count => count.Length > 4
                || (count.Length > 0 && int.Parse(count.Value, CultureInfo.InvariantCulture) > MaximumRepeats)))
            {
                return $"expected at most {MaximumRepeats} repeats in a regular expression";
            }
        }
        try
        {
            // This engine, like RE2, has no lookaround and no back-references. (?P<name> is how RE2 writes (?<name>.
            _ = new Regex(text.Replace("(?P<", "(?<", StringComparison.Ordinal), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return null;
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return error is NotSupportedException
                ? "expected a regular expression without lookaround, back-references, conditions and atomic groups: RE2 has none of them"
                : $"expected a regular expression that RE2 knows ({error.Message})";
        }
    }

    [GeneratedRegex(@"\\[GZcu]|-\[|\(\?#|\(\?[a-z-]*[nx]")]
    private static partial Regex OnlyDotNet();

    [GeneratedRegex(@"\{(\d+),?(\d*)\}")]
    private static partial Regex Repeats();
}
