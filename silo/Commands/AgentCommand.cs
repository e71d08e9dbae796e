using System.CommandLine;
using ControlPlane.Silo.Agent;
using ControlPlane.Silo.Hosting;

namespace ControlPlane.Silo.Commands;

/// <summary><c>controlplane agent</c>.</summary>
internal static class AgentCommand
{
    private static readonly Argument<string> File = new("FILE") { Description = "The services of this machine, YAML" };

    private static readonly Option<Uri> Server = Parsing.Server();

    private static readonly Option<string?> TokenFile = new("--token-file") { Description = "A bearer token with which this machine may register", HelpName = "FILE" };

    private static readonly Option<TimeSpan> Drain = Parsing.Duration("--drain", "How long services drain before they are taken back at the end", TimeSpan.FromSeconds(5));

    private static readonly Option<LogLevel> Level = new("--log-level") { Description = "What is logged", DefaultValueFactory = _ => LogLevel.Information };

    public static Command Create()
    {
        var command = new Command("agent", "Registers the services of this machine, checks them and renews their leases, until it is told to stop (SIGTERM, Ctrl+C)")
        {
            File, Server, TokenFile, Drain, Level,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = arguments.GetRequiredValue(Server), Timeout = TimeSpan.FromSeconds(10) };
        using var checks = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
        using ILoggerFactory loggers = LoggerFactory.Create(logging => logging.AddConsoleLog(arguments.GetValue(Level)));
        try
        {
            IReadOnlyList<AgentService> services = AgentFile.Read(arguments.GetRequiredValue(File), Environment.MachineName.ToLowerInvariant(), checks);
            var client = new RegistrationClient(http, arguments.GetValue(TokenFile));
            await Task.WhenAll(services.Select(service =>
                new ServiceAgent(service, client, arguments.GetValue(Drain), TimeProvider.System, loggers.CreateLogger<ServiceAgent>()).RunAsync(cancellationToken)));
            return 0;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            return Terminal.Fail(exception.Message);
        }
    }
}
