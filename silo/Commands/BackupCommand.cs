using System.CommandLine;
using System.Globalization;
using ControlPlane.Grains.Storage;
using ControlPlane.Grains.Storage.Postgres;
using ControlPlane.Silo.Engine;
using ControlPlane.Silo.Hosting;
using ControlPlane.Silo.Regions;

namespace ControlPlane.Silo.Commands;

/// <summary><c>controlplane backup</c>.</summary>
internal static class BackupCommand
{
    private static readonly Argument<string> File = new("FILE") { Description = "The file to write, which is replaced when the new one is whole; '-': standard output" };

    private static readonly Option<string> Data = StateOptions.Data();

    private static readonly Option<string?> Postgres = StateOptions.Postgres("The PostgreSQL database where the region's state is, instead of a folder");

    private static readonly Option<string?> Region = StateOptions.Region($"The region whose state it is. Default: {RegionOptions.DefaultName}");

    public static Command Create()
    {
        var command = new Command(
            "backup",
            """
            Writes a region's state to a file: accepted configuration, registrations, what registries said last, allocated ports, leases. It may run.

              controlplane backup --data /var/lib/controlplane eu.backup
              controlplane backup --postgres postgresql://controlplane@db/controlplane --region eu eu.backup
            """)
        {
            File, Data, Postgres, Region,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        string file = arguments.GetRequiredValue(File);
        try
        {
            string region = arguments.GetValue(Region) ?? RegionOptions.DefaultName;
            StateBackup backup = await TakeAsync(arguments, region, cancellationToken);
            if (file == "-")
            {
                await using Stream output = Console.OpenStandardOutput();
                await backup.WriteAsync(output, cancellationToken);
                return 0;
            }
            await WriteAsync(backup, file, cancellationToken);
            Print(backup);
            return 0;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return Terminal.Fail(exception.Message);
        }
    }

    /// <summary>What is in a backup, for people.</summary>
    internal static void Print(StateBackup backup)
    {
        Terminal.Print(["what", "rows"], [.. backup.Rows.GroupBy(row => row.Key.GrainType).Select(type => (string[])[type.Key, type.Count().ToString(CultureInfo.InvariantCulture)])]);
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"region {backup.Region}, {backup.Rows.Count} rows, taken {backup.Taken:u}"));
    }

    private static async Task<StateBackup> TakeAsync(ParseResult arguments, string region, CancellationToken cancellationToken)
    {
        if (StateOptions.ReadPostgres(arguments.GetValue(Postgres)) is { } address)
        {
            await using var database = new PostgresDatabase(address, region, GrainEngine.Scripts);
            return await StateBackup.TakeAsync(new PostgresStateStore(database), region, TimeProvider.System, cancellationToken);
        }
        await using SqliteStateStore store = SqliteStateStore.OpenToRead(Path.Combine(arguments.GetRequiredValue(Data), ControlPlaneHost.StateFile));
        return await StateBackup.TakeAsync(store, region, TimeProvider.System, cancellationToken);
    }

    // Nobody else's to read, and whole or not there.
    private static async Task WriteAsync(StateBackup backup, string file, CancellationToken cancellationToken)
    {
        string unfinished = $"{file}.unfinished";
        try
        {
            await using (FileStream target = System.IO.File.Create(unfinished))
            {
                if (!OperatingSystem.IsWindows())
                {
                    System.IO.File.SetUnixFileMode(unfinished, UnixFileMode.UserRead | UnixFileMode.UserWrite);
                }
                await backup.WriteAsync(target, cancellationToken);
                target.Flush(flushToDisk: true);
            }
            System.IO.File.Move(unfinished, file, overwrite: true);
        }
        catch
        {
            System.IO.File.Delete(unfinished);
            throw;
        }
    }
}
