using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Grains.Services;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Routing;
using ControlPlane.Silo.Hosting;
using ControlPlane.Silo.Rest;

namespace ControlPlane.Silo.Commands;

/// <summary><c>controlplane validate</c>.</summary>
internal static class ValidateCommand
{
    private static readonly Argument<string[]> Files = new("FILES") { Description = "Files and folders of configuration", Arity = ArgumentArity.OneOrMore };

    public static Command Create()
    {
        var command = new Command("validate", "Checks configuration as 'run' would, and says everything that is wrong with it") { Files };
        command.SetAction(arguments =>
        {
            ConfigurationSet loaded = ConfigurationFiles.Load(arguments.GetRequiredValue(Files), new DecodeOptions { Sources = SourceRegistration.All() });
            foreach (Problem problem in loaded.Problems)
            {
                Terminal.Fail(problem.ToString());
            }
            if (loaded.Problems.Count > 0)
            {
                return 1;
            }
            CatalogSnapshot snapshot = SnapshotOf(loaded);
            foreach (Problem warning in ConfigurationWarnings.Of(snapshot))
            {
                Terminal.Warn(warning.ToString());
            }
            // One line for each obstacle: all callers of a place meet the same.
            foreach (Hairpin hairpin in HairpinsApi.Find(snapshot).DistinctBy(hairpin => (hairpin.Service, hairpin.Cause, hairpin.Obstacle)))
            {
                Terminal.Warn(HairpinWarning(hairpin));
            }
            Console.Out.WriteLine($"valid: {loaded.Objects.Count} objects, {loaded.Services.Count} services");
            return 0;
        });
        return command;
    }

    // The services as 'run' would merge them, from these files alone.
    private static CatalogSnapshot SnapshotOf(ConfigurationSet loaded) => new()
    {
        Configuration = new ConfigRecord { Version = default, Objects = loaded.Objects },
        Services = loaded.Services.ToImmutableDictionary(part => part.Service, part => ServiceMerge.Merge(part.Service, [new PartReport("file", default, part)])),
    };

    private static string HairpinWarning(Hairpin hairpin) => string.Create(
        CultureInfo.InvariantCulture,
        $"calls from {CallerPlaces.NameOf(hairpin.Caller)} to {hairpin.Service}:{hairpin.Port} {(hairpin.IsTaken ? "go" : "would go")} {string.Join(" > ", hairpin.Path)} instead of "
        + $"{string.Join(" > ", hairpin.Alternative)} (+{hairpin.Extra.RoundTrip:0.##} ms): {hairpin.Obstacle}");
}
