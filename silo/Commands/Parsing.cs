using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Net;

namespace ControlPlane.Silo.Commands;

/// <summary>Options of types that the command line library does not read itself.</summary>
internal static class Parsing
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    public delegate bool Reader<T>(string text, out T value);

    /// <param name="fallback">Null: without the option there is none.</param>
    public static Option<IPEndPoint> EndPoint(string name, string description, IPEndPoint? fallback = null) => new(name)
    {
        Description = description,
        HelpName = "ADDRESS:PORT",
        DefaultValueFactory = fallback is null ? null : _ => fallback,
        CustomParser = result => Read(
            result, "ADDRESS:PORT, such as 127.0.0.1:8080,", (string text, out IPEndPoint? value) => IPEndPoint.TryParse(text, out value) && value.Port > 0),
    };

    /// <summary>Where a running control plane is.</summary>
    public static Option<Uri> Server() => new("--server", "-s")
    {
        Description = "The control plane's REST address",
        HelpName = "URL",
        DefaultValueFactory = _ => new Uri("http://127.0.0.1:8080"),
        CustomParser = result => Read(result, "http://HOST:PORT", (string text, out Uri? uri) =>
            Uri.TryCreate(text, UriKind.Absolute, out uri) && uri.Scheme is "http" or "https"),
    };

    /// <summary>A time with its unit: <c>250ms</c>, <c>30s</c>, <c>1m</c>, <c>1h</c>, or <c>00:00:30</c>.</summary>
    public static Option<TimeSpan> Duration(string name, string description, TimeSpan fallback) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        DefaultValueFactory = _ => fallback,
        CustomParser = result => Read<TimeSpan>(result, "a time, such as 250ms, 30s or 1m,", TryReadDuration),
    };

    /// <summary>The only word of an option, read; if that fails, an error that says what was expected.</summary>
    public static T? Read<T>(ArgumentResult result, string expected, Reader<T?> read)
    {
        string text = result.Tokens[^1].Value;
        if (!read(text, out T? value))
        {
            result.AddError($"'{text}' is not valid: {expected} is expected");
        }
        return value;
    }

    /// <summary>Every word of an option that may be repeated; for each that cannot be read an error that says what was expected.</summary>
    public static T[] ReadAll<T>(ArgumentResult result, string expected, Func<string, T?> read) where T : class
    {
        var values = new List<T>();
        foreach (Token token in result.Tokens)
        {
            if (read(token.Value) is { } value)
            {
                values.Add(value);
            }
            else
            {
                result.AddError($"'{token.Value}' is not valid: {expected} is expected");
            }
        }
        return [.. values];
    }

    private static bool TryReadDuration(string text, out TimeSpan value)
    {
        foreach ((string unit, double seconds) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal)
                && double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            {
                value = TimeSpan.FromSeconds(number * seconds);
                return true;
            }
        }
        // As it is shown in the help.
        return TimeSpan.TryParse(text.Contains(':', StringComparison.Ordinal) ? text : "", CultureInfo.InvariantCulture, out value);
    }
}
