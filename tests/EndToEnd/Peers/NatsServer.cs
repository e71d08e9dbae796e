using System.Globalization;
using System.Text;
using NATS.Client.Core;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>A NATS server of a test's own, on a port of its own.</summary>
public sealed class NatsServer : IAsyncDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly NatsAuthOpts login;
    private readonly string authority;
    private ChildProcess? process;
    private NatsConnection? client;

    private NatsServer(string configuration, NatsAuthOpts login, string authority)
    {
        this.login = login;
        this.authority = authority;
        Port = Loopback.FreePort();
        Write(configuration);
    }

    public int Port { get; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"nats://127.0.0.1:{Port}");

    /// <param name="configuration">Beside address and port: users, permissions, TLS.</param>
    /// <param name="login">Of the test itself; null: none is needed.</param>
    /// <param name="authority">A PEM file of who signed the server's certificate; empty: it has none.</param>
    public static async Task<NatsServer> StartAsync(string configuration = "", NatsAuthOpts? login = null, string authority = "")
    {
        var server = new NatsServer(configuration, login ?? new NatsAuthOpts(), authority);
        await server.LaunchAsync();
        return server;
    }

    /// <summary>Another configuration, from the next start on.</summary>
    public void Write(string configuration) => folder.Write("nats.conf", string.Create(CultureInfo.InvariantCulture, $"host: 127.0.0.1\nport: {Port}\n{configuration}\n"));

    /// <summary>Publishes, and waits until the server has it.</summary>
    public Task PublishAsync(string subject, string message) => PublishAsync(subject, Encoding.UTF8.GetBytes(message));

    public async Task PublishAsync(string subject, byte[] message)
    {
        NatsConnection now = client ??= Connection();
        await now.PublishAsync(subject, message);
        await now.PingAsync();
    }

    /// <summary>The first answer; null: there is none in time.</summary>
    public async Task<string?> RequestAsync(string subject)
    {
        try
        {
            NatsMsg<string> answer = await (client ??= Connection()).RequestAsync<string, string>(subject, "", replyOpts: new NatsSubOpts { Timeout = TimeSpan.FromSeconds(2) });
            return answer.Data;
        }
        catch (NatsException)
        {
            return null;
        }
    }

    /// <summary>Hears what is published from now on, until it is let go.</summary>
    public async Task<INatsSub<string>> SubscribeAsync(string subject)
    {
        NatsConnection now = client ??= Connection();
        INatsSub<string> subscription = await now.SubscribeCoreAsync<string>(subject);
        await now.PingAsync();
        return subscription;
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (client is not null)
        {
            await client.DisposeAsync();
            client = null;
        }
        process!.Kill();
        await process.WaitForExitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>Starts again on the same port.</summary>
    public async Task RestartAsync()
    {
        if (!process!.HasExited)
        {
            await KillAsync();
        }
        await process.DisposeAsync();
        await LaunchAsync();
    }

    /// <summary>The same, though the test itself may not be let in any more.</summary>
    public async Task RestartWithoutWaitingAsync()
    {
        await KillAsync();
        await process!.DisposeAsync();
        process = Start();
    }

    /// <summary>STOP and CONT: a server that is there and does not answer.</summary>
    public void Signal(string name) => process!.Signal(name);

    public async ValueTask DisposeAsync()
    {
        if (client is not null)
        {
            await client.DisposeAsync();
        }
        if (process is not null)
        {
            process.Signal("CONT");
            await process.DisposeAsync();
        }
        folder.Dispose();
    }

    private ChildProcess Start() => ChildProcess.Start(Peer.Installed("nats/usr/sbin/nats-server"), ["--config", folder.File("nats.conf")]);

    private async Task LaunchAsync()
    {
        process = Start();
        await Eventually.Until(IsReadyAsync, state: () => process.Output);
    }

    private async Task<bool> IsReadyAsync()
    {
        process!.HasExited.ShouldBeFalse(process.Output);
        try
        {
            await using NatsConnection connection = Connection();
            await connection.ConnectAsync();
            return true;
        }
        catch (NatsException)
        {
            return false;
        }
    }

    private NatsConnection Connection() => new(NatsOpts.Default with
    {
        Url = Address,
        AuthOpts = login,
        TlsOpts = authority.Length > 0 ? new NatsTlsOpts { CaFile = authority, Mode = TlsMode.Require } : NatsTlsOpts.Default,
    });
}
