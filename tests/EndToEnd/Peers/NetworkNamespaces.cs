using System.Diagnostics;
using System.Globalization;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>
/// Networks of a test's own, as the kernel makes them: each is a bridge that this process reaches too, and a machine in one has no route into another.
/// Needs <c>ip</c> and the rights of root.
/// </summary>
public sealed class NetworkNamespaces : IAsyncDisposable
{
    private const int Most = 250;
    private const int Addresses = 64;
    private const string Folder = "/var/run/netns";
    private readonly Socket claim;
    private readonly int number;
    private readonly List<string> networks = [];
    private readonly Dictionary<string, int> lastAddresses = [];
    private int lastLink;

    private NetworkNamespaces(Socket claim, int number)
    {
        this.claim = claim;
        this.number = number;
    }

    /// <summary>Of this process, reached from all networks: each leads there by itself.</summary>
    public string Host => Address(3, 1);

    // Of namespaces and bridges; veths have a v instead of the dash.
    private string Prefix => string.Create(CultureInfo.InvariantCulture, $"cp{number}-");

    /// <summary>Takes a number, and with it names and addresses that nobody else has.</summary>
    public static async Task<NetworkNamespaces> CreateAsync(params string[] networks)
    {
        string ip = Peer.Find("ip");
        (Socket claim, int number) = Claim();
        var all = new NetworkNamespaces(claim, number);
        try
        {
            // Whoever had the number before is gone, and may have been killed.
            await all.RemoveAsync();
            await using (ChildProcess trial = await ChildProcess.RunAsync(ip, ["netns", "add", all.Prefix + "trial"]))
            {
                if (trial.ExitCode != 0)
                {
                    Peer.Missing($"network namespaces cannot be made here: {trial.Output}");
                }
            }
            foreach (string network in networks)
            {
                await all.AddNetworkAsync(network);
            }
            return all;
        }
        catch
        {
            await all.DisposeAsync();
            throw;
        }
    }

    /// <summary>A machine with a leg in each of these networks; the first is its own.</summary>
    public async Task<NetworkNamespace> AddAsync(string name, params string[] legs)
    {
        string full = Prefix + name;
        Dictionary<string, (string Address, string Link)> made = legs.ToDictionary(
            leg => leg,
            leg => (Address(networks.IndexOf(leg), ++lastAddresses[leg]), string.Create(CultureInfo.InvariantCulture, $"cp{number}v{++lastLink}")));
        await RunAsync([], [
            $"netns add {full}",
            .. made.SelectMany(leg => (string[])[
                $"link add {leg.Value.Link} type veth peer name {leg.Key} netns {full}",
                $"link set {leg.Value.Link} master {Prefix}{leg.Key} up"])]);
        await RunAsync(["-n", full], [
            "link set lo up",
            .. made.SelectMany(leg => (string[])[$"addr add {leg.Value.Address}/26 dev {leg.Key}", $"link set {leg.Key} up"]),
            $"route add {Host}/32 via {Address(networks.IndexOf(legs[0]), 1)}"]);
        return new NetworkNamespace(full, made);
    }

    public async ValueTask DisposeAsync()
    {
        await RemoveAsync();
        claim.Dispose();
    }

    /// <summary>Runs commands of <c>ip</c>, all by one process.</summary>
    internal static async Task RunAsync(IEnumerable<string> options, IEnumerable<string> commands)
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("commands", string.Join('\n', commands) + "\n");
        await using ChildProcess ip = await ChildProcess.RunAsync(Peer.Find("ip"), [.. options, "-batch", file]);
        ip.ExitCode.ShouldBe(0, ip.Output);
    }

    // An abstract socket is of this network namespace, as the names are, and goes with its process however that ends.
    private static (Socket Claim, int Number) Claim()
    {
        for (int number = 0; number < Most; number++)
        {
            var claim = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                claim.Bind(new UnixDomainSocketEndPoint(string.Create(CultureInfo.InvariantCulture, $"\0controlplane-test-networks-{number}")));
                return (claim, number);
            }
            catch (SocketException)
            {
                claim.Dispose();
            }
        }
        throw new InvalidOperationException($"{Most} others have network namespaces already");
    }

    // A quarter of 10.213.NUMBER.0/24 for each network; the last is the host's.
    private string Address(int network, int host) => string.Create(CultureInfo.InvariantCulture, $"10.213.{number}.{(network * Addresses) + host}");

    private async Task AddNetworkAsync(string network)
    {
        int index = networks.Count;
        networks.Add(network);
        lastAddresses.Add(network, 1);
        await RunAsync([], [
            $"link add {Prefix}{network} type bridge",
            $"addr add {Address(index, 1)}/26 dev {Prefix}{network}",
            .. index == 0 ? (string[])[$"addr add {Host}/32 dev {Prefix}{network}"] : [],
            $"link set {Prefix}{network} up"]);
    }

    private async Task RemoveAsync()
    {
        string[] namespaces = Directory.Exists(Folder) ? [.. Directory.GetFiles(Folder, Prefix + "*").Select(file => Path.GetFileName(file))] : [];
        foreach (string name in namespaces)
        {
            await EndProcessesAsync(name);
        }
        await RunAsync(["-force"], namespaces.Select(name => $"netns del {name}"));
        // A veth goes with its other end.
        await RunAsync(["-force"], NetworkInterface.GetAllNetworkInterfaces().Select(link => link.Name).Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => $"link del {name}"));
    }

    // What a test that was killed has left there.
    private static async Task EndProcessesAsync(string name)
    {
        await using ChildProcess pids = await ChildProcess.RunAsync(Peer.Find("ip"), ["netns", "pids", name]);
        foreach (string pid in pids.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            try
            {
                using var process = Process.GetProcessById(int.Parse(pid, CultureInfo.InvariantCulture));
                process.Kill();
                await process.WaitForExitAsync();
            }
            catch (ArgumentException)
            {
                // It has ended meanwhile.
            }
        }
    }
}
