using System.CommandLine;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Model;
using ControlPlane.Silo.Hosting;

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
            Console.Out.WriteLine($"valid: {loaded.Objects.Count} objects, {loaded.Services.Count} services");
            return 0;
        });
        return command;
    }
}
