using System.CommandLine;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Silo.Agent;
using ControlPlane.Silo.Agent.Probes;
using ControlPlane.Silo.Hosting;
using ControlPlane.Silo.Rest;

namespace ControlPlane.Silo.Commands;

/// <summary><c>controlplane agent</c>.</summary>
internal static class AgentCommand
{
    private static readonly TimeSpan LeastInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MostInterval = TimeSpan.FromMinutes(10);

    private static readonly Argument<string?> File = new("FILE") { Description = "The services of this machine, YAML; may be left out with --probe", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<Uri> Server = Parsing.Server();

    private static readonly Option<string?> TokenFile = new("--token-file") { Description = "A bearer token with which this machine may register and report", HelpName = "FILE" };

    private static readonly Option<TimeSpan> Drain = Parsing.Duration("--drain", "How long services drain before they are taken back at the end", TimeSpan.FromSeconds(5));

    private static readonly Option<bool> Probe = new("--probe")
    {
        Description = "Probes the gateways that callers of --network use, and reports each round. Run one or more in each network: "
            + "a gateway that fails three rounds in a row is withdrawn for callers of that network, until it answers twice",
    };

    private static readonly Option<string?> Network = new("--network") { Description = "With --probe: the Network that this machine stands in", HelpName = "NAME" };

    private static readonly Option<string?> Name = new("--name") { Description = "With --probe: what this prober is called, unique; HOST.NETWORK if not said", HelpName = "PROBER" };

    private static readonly Option<TimeSpan> Interval = Parsing.Duration("--interval", "With --probe: from one round to the next, 100ms to 10m", TimeSpan.FromSeconds(1));

    private static readonly Option<TimeSpan> Timeout = Parsing.Duration("--timeout", "With --probe: how long a gateway may take to answer", TimeSpan.FromSeconds(1));

    private static readonly Option<string?> Locality = new("--locality")
    {
        Description = "With --probe: where this machine stands; its round trips then become costs where no CostMatrix declares them",
        HelpName = "REGION/ZONE",
    };

    private static readonly Option<string?> Cluster = new("--cluster") { Description = "With --probe, instead of --locality: the Cluster object that this machine is in", HelpName = "NAME" };

    private static readonly Option<LogLevel> Level = new("--log-level") { Description = "What is logged", DefaultValueFactory = _ => LogLevel.Information };

    public static Command Create()
    {
        var command = new Command(
            "agent",
            "Registers the services of this machine, checks them and renews their leases, or probes gateways (--probe), or both, until it is told to stop (SIGTERM, Ctrl+C)")
        {
            File, Server, TokenFile, Drain, Probe, Network, Name, Interval, Timeout, Locality, Cluster, Level,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = arguments.GetRequiredValue(Server), Timeout = TimeSpan.FromSeconds(10) };
        using var checks = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        using ILoggerFactory loggers = LoggerFactory.Create(logging => logging.AddConsoleLog(arguments.GetValue(Level)));
        try
        {
            string host = Environment.MachineName.ToLowerInvariant();
            string? tokenFile = arguments.GetValue(TokenFile);
            ProbeOptions? probes = ReadProbes(arguments, host);
            string? file = arguments.GetValue(File);
            if (file is null && probes is null)
            {
                throw new InvalidDataException("there is nothing to do: name a FILE of services, or say --probe --network NAME");
            }
            IReadOnlyList<AgentService> services = file is null ? [] : AgentFile.Read(file, host, checks);
            var client = new RegistrationClient(http, tokenFile);
            List<Task> running = [.. services.Select(service =>
                new ServiceAgent(service, client, arguments.GetValue(Drain), TimeProvider.System, loggers.CreateLogger<ServiceAgent>()).RunAsync(cancellationToken))];
            if (probes is not null)
            {
                running.Add(new ProbeAgent(probes, new ProbeClient(http, tokenFile), TimeProvider.System, loggers.CreateLogger<ProbeAgent>()).RunAsync(cancellationToken));
            }
            await Task.WhenAll(running);
            return 0;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return Terminal.Fail(exception.Message);
        }
    }

    private static ProbeOptions? ReadProbes(ParseResult arguments, string host)
    {
        if (!arguments.GetValue(Probe))
        {
            foreach (Option option in (Option[])[Network, Name, Locality, Cluster])
            {
                if (arguments.GetResult(option) is not null)
                {
                    throw new InvalidDataException($"{option.Name} belongs to --probe: say that, too");
                }
            }
            return null;
        }
        string network = arguments.GetValue(Network) ?? throw new InvalidDataException("--probe needs --network NAME: the Network that this machine stands in");
        string name = arguments.GetValue(Name) ?? $"{host}.{network}";
        (string? locality, string? cluster) = (arguments.GetValue(Locality), arguments.GetValue(Cluster));
        TimeSpan interval = arguments.GetValue(Interval);
        TimeSpan timeout = arguments.GetValue(Timeout);
        string[]? place = locality?.Split('/');
        string? wrong = Names.Label(network) is { } wrongNetwork ? $"--network '{network}': {wrongNetwork}"
            : Names.Identity(name) is { } wrongName ? $"--name '{name}': {wrongName}"
            : cluster is not null && Names.Label(cluster) is { } wrongCluster ? $"--cluster '{cluster}': {wrongCluster}"
            : cluster is not null && locality is not null ? "--locality and --cluster say the same: give one of them"
            : place is not (null or { Length: <= 3 }) || place?.Contains("") == true ? $"--locality '{locality}': expected REGION, REGION/ZONE or REGION/ZONE/SUBZONE"
            : interval < LeastInterval || interval > MostInterval ? "--interval: expected 100ms to 10m"
            : timeout < LeastInterval || timeout > MostInterval ? "--timeout: expected 100ms to 10m"
            : null;
        return wrong is not null ? throw new InvalidDataException(wrong) : new ProbeOptions
        {
            Prober = name,
            Network = network,
            Interval = interval,
            Timeout = timeout,
            Locality = place is null ? null : new RegistrationBody.Place(place[0], place.ElementAtOrDefault(1), place.ElementAtOrDefault(2)),
            Cluster = cluster,
        };
    }
}
