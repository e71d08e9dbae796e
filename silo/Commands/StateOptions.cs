using System.CommandLine;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Grains.Storage.Postgres;

namespace ControlPlane.Silo.Commands;

/// <summary>The options that say where a region's state is.</summary>
internal static class StateOptions
{
    public const string DefaultFolder = "data";

    public static Option<string> Data() => new("--data") { Description = "The folder where state is kept", HelpName = "FOLDER", DefaultValueFactory = _ => DefaultFolder };

    public static Option<string?> Postgres(string description) => new("--postgres") { Description = description, HelpName = "CONNECTION" };

    public static Option<string?> Region(string description) => new("--region")
    {
        Description = description,
        HelpName = "NAME",
        CustomParser = result => Parsing.Read<string>(result, "a DNS label: lower-case letters, digits and '-'", (string text, out string? value) => Names.Label(value = text) is null),
    };

    /// <exception cref="InvalidDataException">It is not one of PostgreSQL.</exception>
    public static PostgresAddress? ReadPostgres(string? text)
    {
        try
        {
            return text is null ? null : PostgresAddress.Parse(text);
        }
        catch (FormatException refused)
        {
            throw new InvalidDataException($"--postgres cannot be used: {refused.Message}");
        }
    }
}
