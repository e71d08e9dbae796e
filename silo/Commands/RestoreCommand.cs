using System.CommandLine;
using ControlPlane.Grains.Storage;
using ControlPlane.Grains.Storage.Postgres;
using ControlPlane.Silo.Engine;
using ControlPlane.Silo.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace ControlPlane.Silo.Commands;

/// <summary><c>controlplane restore</c>.</summary>
internal static class RestoreCommand
{
    private static readonly Argument<string> File = new("FILE") { Description = "What 'controlplane backup' wrote; '-': standard input" };

    private static readonly Option<string> Data = StateOptions.Data();

    private static readonly Option<string?> Postgres = StateOptions.Postgres("The PostgreSQL database where the region's state is to be, instead of a folder");

    private static readonly Option<string?> Region = StateOptions.Region("The region to restore. Default: the one whose backup it is");

    private static readonly Option<bool> Replace = new("--replace") { Description = "Throw away the state that is there; without, there must be none" };

    private static readonly Option<bool> Check = new("--check") { Description = "Only read the file, check that it is whole, and say what is in it" };

    public static Command Create()
    {
        var command = new Command(
            "restore",
            """
            Makes a backup the state of a region, in one step, or changes nothing. No control plane of that region may run. What other regions and proxies
            have heard since counts as older: the region begins a new generation.

              controlplane restore --check eu.backup
              controlplane restore --data /var/lib/controlplane eu.backup
              controlplane restore --postgres postgresql://controlplane@db/controlplane eu.backup
            """)
        {
            File, Data, Postgres, Region, Replace, Check,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        try
        {
            StateBackup backup = await ReadAsync(arguments.GetRequiredValue(File), cancellationToken);
            if (!arguments.GetValue(Check))
            {
                await RestoreAsync(arguments, backup, cancellationToken);
            }
            BackupCommand.Print(backup);
            return 0;
        }
        catch (InvalidOperationException refused)
        {
            return Terminal.Fail($"{refused.Message}: say --replace to throw it away");
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return Terminal.Fail(exception.Message);
        }
    }

    private static async Task<StateBackup> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            await using Stream source = file == "-" ? Console.OpenStandardInput() : System.IO.File.OpenRead(file);
            return await StateBackup.ReadAsync(source, cancellationToken);
        }
        catch (InvalidDataException damage)
        {
            throw new InvalidDataException($"{file}, {damage.Message}", damage);
        }
    }

    private static async Task RestoreAsync(ParseResult arguments, StateBackup backup, CancellationToken cancellationToken)
    {
        bool replace = arguments.GetValue(Replace);
        if (StateOptions.ReadPostgres(arguments.GetValue(Postgres)) is not { } address)
        {
            string folder = arguments.GetRequiredValue(Data);
            using DataFolder held = DataFolder.Take(folder);
            await using SqliteStateStore file = SqliteStateStore.Open(Path.Combine(folder, ControlPlaneHost.StateFile), TimeProvider.System, NullLogger.Instance);
            await backup.RestoreAsync(file, replace, TimeProvider.System, cancellationToken);
            return;
        }
        string region = arguments.GetValue(Region) ?? backup.Region;
        await using var database = new PostgresDatabase(address, region, GrainEngine.Scripts);
        await database.PrepareAsync(cancellationToken);
        await using RegionClaim claim = await RegionClaim.TryTakeAloneAsync(database, cancellationToken)
            ?? throw new IOException($"region '{region}' in {address.Description} is in use by a control plane: end all of its processes");
        await backup.RestoreAsync(new PostgresStateStore(database), replace, TimeProvider.System, cancellationToken);
    }
}
