using System.Globalization;
using Npgsql;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>A PostgreSQL server of a test's own, on a port of its own. It does not wait for its disk.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Of the only user. No output of the product may have it.</summary>
    public const string Password = "never-to-be-seen-7281";

    private readonly TemporaryFolder folder = new();
    private ChildProcess? process;

    private PostgresServer() => Port = Loopback.FreePort();

    public int Port { get; }

    /// <summary>With the password in it.</summary>
    public string ConnectionString => string.Create(
        CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Database=postgres;Username=tester;Password={Password}");

    public string Log => process?.Output ?? "";

    public static async Task<PostgresServer> StartAsync()
    {
        var server = new PostgresServer();
        await server.InitializeAsync();
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Ends it without its saying good-bye to anybody.</summary>
    public async Task StopAsync()
    {
        process!.Signal("QUIT");
        await process.WaitForExitAsync(TimeSpan.FromSeconds(10));
        await process.DisposeAsync();
    }

    /// <summary>Starts on the same port, with the same data.</summary>
    public async Task StartAgainAsync()
    {
        process = ChildProcess.Start("env", AsAnybody([
            Program("postgres"), "-D", folder.File("data"), "-p", Port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1",
            "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "full_page_writes=off"]));
        await Eventually.Until(IsReadyAsync, state: () => process.Output);
    }

    /// <summary>STOP and CONT: a server that is there and does not answer. Sessions that are open go on.</summary>
    public void Signal(string name) => process!.Signal(name);

    /// <summary>The first value of what a statement answers.</summary>
    public async Task<object?> AskAsync(string statement)
    {
        await using var connection = new NpgsqlConnection($"{ConnectionString};Pooling=false;Search Path=controlplane");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            process.Signal("CONT");
            await StopAsync();
        }
        folder.Dispose();
    }

    private static string Program(string name)
    {
        string[] folders = [
            .. Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Order().Reverse().Select(version => Path.Combine(version, "bin")) : [],
            Path.Combine(Peer.Root, "artifacts", "peers", "postgres", "usr", "lib", "postgresql", "15", "bin")];
        return folders.Select(bin => Path.Combine(bin, name)).FirstOrDefault(File.Exists) ?? Peer.Find(name);
    }

    // The server does not run as root: nobody in particular is enough.
    private static string[] AsAnybody(string[] command) => Environment.UserName == "root" ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", .. command] : command;

    private async Task InitializeAsync()
    {
        string data = folder.File("data");
        Directory.CreateDirectory(data);
        string password = folder.Write("password", Password);
        if (Environment.UserName == "root")
        {
            await RunAsync("chown", ["-R", "nobody:nogroup", folder.Path]);
        }
        await RunAsync("env", AsAnybody([Program("initdb"), "-D", data, "-U", "tester", "--auth=scram-sha-256", $"--pwfile={password}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]));
    }

    private static async Task RunAsync(string program, string[] arguments)
    {
        await using ChildProcess run = await ChildProcess.RunAsync(program, arguments);
        Assert.True(run.ExitCode == 0, run.Output);
    }

    private async Task<bool> IsReadyAsync()
    {
        process!.HasExited.ShouldBeFalse(process.Output);
        try
        {
            await AskAsync("select 1");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
