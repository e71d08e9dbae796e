using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Kubernetes;
using ControlPlane.Grains.Storage.Postgres;
using ControlPlane.Silo.Engine;
using ControlPlane.Silo.Hosting;
using ControlPlane.Silo.Regions;
using Spectre.Console;

namespace ControlPlane.Silo.Commands;

/// <summary><c>controlplane run</c>.</summary>
internal static class RunCommand
{
    private static readonly RunOptions Defaults = new() { DataFolder = StateOptions.DefaultFolder };

    private static readonly Option<string?> Config = new("--config", "-f") { Description = "A file or folder of configuration, watched", HelpName = "PATH" };

    private static readonly Option<KubernetesAdapterOptions[]> Kubernetes = new("--kubernetes", "-k")
    {
        Description =
            "A Kubernetes cluster to watch, by the name of its Cluster object; without a kubeconfig, the one that this pod runs in. May be repeated",
        HelpName = "NAME[=KUBECONFIG[#CONTEXT]]",
        CustomParser = result =>
        {
            KubernetesAdapterOptions[] clusters = [.. result.Tokens.Select(token => ReadCluster(token.Value))];
            if (clusters.Any(cluster => cluster.Cluster.Length == 0) || clusters.DistinctBy(cluster => cluster.Cluster).Count() < clusters.Length)
            {
                result.AddError("--kubernetes is NAME, NAME=KUBECONFIG or NAME=KUBECONFIG#CONTEXT, each name once");
            }
            return clusters;
        },
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<string?> ClusterSecrets = ClusterSecretsOption.Create();

    private static readonly Option<string> Data = StateOptions.Data();

    private static readonly Option<string?> Postgres = StateOptions.Postgres(
        "A PostgreSQL database for the state that all processes of a region share, which makes its tables itself; the folder then holds what this process knew last. " +
        "The password may come from PGPASSWORD or PGPASSFILE, where other users of the machine do not see it");

    private static readonly Option<IPEndPoint?> SiloAddress = new("--silo-address")
    {
        Description = "Where the region's other processes reach this one: an address of this machine. Without, a free port of the loopback address, so that only processes of this machine can",
        HelpName = "ADDRESS:PORT",
        CustomParser = result => Parsing.Read(
            result, "ADDRESS:PORT, such as 10.0.0.5:11111,", (string text, out IPEndPoint? value) => IPEndPoint.TryParse(text, out value) && value.Port > 0 && !IsAny(value.Address)),
    };

    private static readonly Option<string?> SiloAuthority = new("--silo-ca")
    {
        Description = "Who signs the certificates of the region's processes, PEM: they then speak mutual TLS with --tls-cert. Whoever has one can join, so use an authority of their own",
        HelpName = "FILE",
    };

    private static readonly Option<IPEndPoint> RestAddress = Parsing.EndPoint("--rest-address", "Where REST, health and metrics are served", Defaults.RestAddress);

    private static readonly Option<IPEndPoint> XdsAddress = Parsing.EndPoint("--xds-address", "Where proxies connect", Defaults.XdsAddress);

    private static readonly Option<string?> Certificate = new("--tls-cert") { Description = "A certificate with its chain, PEM: both addresses speak TLS", HelpName = "FILE" };

    private static readonly Option<string?> Key = new("--tls-key") { Description = "The certificate's private key, PEM", HelpName = "FILE" };

    private static readonly Option<bool> Insecure = new("--insecure") { Description = "Serve without TLS on addresses that others reach too" };

    private static readonly Option<TimeSpan> WarmTimeout = Parsing.Duration(
        "--warm-timeout", "How long a source that does not answer may hold up the first answers to proxies", Defaults.WarmTimeout);

    private static readonly Option<TimeSpan> StartGrace = Parsing.Duration(
        "--start-grace", "How long a new endpoint may take to become ready before it counts in its service's size", Defaults.StartGrace);

    private static readonly Option<int> MaxRemoval = new("--max-removal")
    {
        Description = "The percentage of a source's endpoints that may vanish in one reading; more has to be seen in a second one. 100: never ask again",
        HelpName = "PERCENT",
        DefaultValueFactory = _ => Defaults.MaxRemovalPercent,
        CustomParser = result => Parsing.Read<int>(
            result, "a percentage from 0 to 100", (string text, out int value) => int.TryParse(text, CultureInfo.InvariantCulture, out value) && value is >= 0 and <= 100),
    };

    private static readonly Option<string?> RegistrationTokens = new("--registration-tokens")
    {
        Description = "Bearer tokens with which workloads may register themselves and probers report, one a line; without, processes of this machine may",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Certificates = new("--certificates")
    {
        Description = "The certificates of meshes, watched: a folder for each, as its Mesh object names it, with ca.crt and for each workload NAME.crt, NAME.key, NAME.token",
        HelpName = "FOLDER",
    };

    private static readonly Option<int> CostMargin = new("--cost-margin")
    {
        Description = "By how many percent a round trip that probers measure must differ from the one that is reckoned with before it counts",
        HelpName = "PERCENT",
        DefaultValueFactory = _ => Defaults.CostMarginPercent,
        CustomParser = result => Parsing.Read<int>(
            result, "a percentage from 0 to 1000", (string text, out int value) => int.TryParse(text, CultureInfo.InvariantCulture, out value) && value is >= 0 and <= 1000),
    };

    private static readonly Option<TimeSpan> CostHold = Parsing.Duration("--cost-hold", "For how long a measured round trip must differ by that margin", Defaults.CostHold);

    private static readonly Option<string?> Region = StateOptions.Region(
        $"This region's name: processes with the same region and database work as one, and other regions know it by it. A database may hold several. Default: {RegionOptions.DefaultName}");

    private static readonly Option<IPEndPoint> RegionAddress = Parsing.EndPoint(
        "--region-address", "Where other regions open their links; without, this region tells others nothing");

    private static readonly Option<string?> RegionCertificate = new("--region-cert")
    {
        Description = "What this region shows to others, a certificate with its chain, PEM. Its URI name is spiffe://DOMAIN/region/NAME",
        HelpName = "FILE",
    };

    private static readonly Option<string?> RegionKey = new("--region-key") { Description = "That certificate's private key, PEM", HelpName = "FILE" };

    private static readonly Option<string?> RegionAuthorities = new("--region-ca") { Description = "The authorities of all regions' certificates, PEM", HelpName = "FILE" };

    private static readonly Option<LogLevel> Level = new("--log-level") { Description = "What is logged", DefaultValueFactory = _ => Defaults.LogLevel };

    public static Command Create()
    {
        var command = new Command("run", "Runs the control plane until it is told to stop (SIGTERM, Ctrl+C)")
        {
            Config, Kubernetes, ClusterSecrets, Data, Postgres, SiloAddress, SiloAuthority, RestAddress, XdsAddress, Certificate, Key, Insecure, WarmTimeout, StartGrace, MaxRemoval, RegistrationTokens, Certificates, CostMargin, CostHold,
            Region, RegionAddress, RegionCertificate, RegionKey, RegionAuthorities, Level,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        try
        {
            RunOptions options = Read(arguments);
            await using WebApplication app = ControlPlaneHost.Build(options);
            await ControlPlaneHost.StartAsync(app, cancellationToken);
            Console.Error.WriteLine(
                $"controlplane on {GrainEngine.Name}: REST {Scheme(options)}://{options.RestAddress}, xDS {options.XdsAddress}, state in {options.Postgres?.Description ?? Path.GetFullPath(options.DataFolder)}");
            await app.WaitForShutdownAsync(cancellationToken);
            return app.Services.GetRequiredService<ProcessEnd>().Reason is { } reason ? Terminal.Fail(reason) : 0;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or CryptographicException or UnauthorizedAccessException)
        {
            return Terminal.Fail(exception.Message);
        }
    }

    private static string Scheme(RunOptions options) => options.Certificate is null ? "http" : "https";

    private static RunOptions Read(ParseResult arguments)
    {
        var options = new RunOptions
        {
            ConfigPath = arguments.GetValue(Config),
            Kubernetes = arguments.GetValue(Kubernetes) ?? [],
            ClusterSecrets = arguments.GetResult(ClusterSecrets) is null
                ? null
                : ClusterSecretsOption.Read(arguments.GetValue(ClusterSecrets), arguments.GetValue(Kubernetes) ?? []),
            DataFolder = arguments.GetRequiredValue(Data),
            Postgres = StateOptions.ReadPostgres(arguments.GetValue(Postgres)),
            SiloAddress = arguments.GetValue(SiloAddress),
            SiloAuthorities = ReadableFile(arguments.GetValue(SiloAuthority), "--silo-ca") is { } authority ? File.ReadAllText(authority) : null,
            RestAddress = arguments.GetRequiredValue(RestAddress),
            XdsAddress = arguments.GetRequiredValue(XdsAddress),
            Certificate = ReadCertificate(arguments.GetValue(Certificate), arguments.GetValue(Key)),
            WarmTimeout = arguments.GetValue(WarmTimeout),
            StartGrace = arguments.GetValue(StartGrace),
            RegistrationTokenFile = ReadableFile(arguments.GetValue(RegistrationTokens), "--registration-tokens"),
            CertificateFolder = ReadableFolder(arguments.GetValue(Certificates), "--certificates"),
            MaxRemovalPercent = arguments.GetValue(MaxRemoval),
            CostMarginPercent = arguments.GetValue(CostMargin),
            CostHold = arguments.GetValue(CostHold),
            Region = new RegionOptions { Name = arguments.GetValue(Region) ?? RegionOptions.DefaultName, Address = arguments.GetValue(RegionAddress), Files = ReadRegionFiles(arguments) },
            LogLevel = arguments.GetValue(Level),
        };
        foreach (IPEndPoint address in (IPEndPoint[])[options.RestAddress, options.XdsAddress])
        {
            if (!IPAddress.IsLoopback(address.Address) && options.Certificate is null && !arguments.GetValue(Insecure))
            {
                throw new InvalidDataException(
                    $"{address} can be reached by others: give it a certificate with --tls-cert and --tls-key, or say --insecure if the network around it is to be trusted");
            }
        }
        if (options.Region is { Address: { } links, Files: null } && !IPAddress.IsLoopback(links.Address) && !arguments.GetValue(Insecure))
        {
            throw new InvalidDataException(
                $"{links} can be reached by others: give it a certificate with --region-cert, --region-key and --region-ca, or say --insecure if the network around it is to be trusted");
        }
        CheckSilo(options, arguments.GetValue(Insecure));
        return options.RestAddress.Port == options.XdsAddress.Port
            ? throw new InvalidDataException($"REST and xDS are both on port {options.XdsAddress.Port}: give each a port of its own")
            : options;
    }

    private static void CheckSilo(RunOptions options, bool isInsecure)
    {
        if (options.Postgres is null && (options.SiloAddress is not null || options.SiloAuthorities is not null))
        {
            throw new InvalidDataException("--silo-address and --silo-ca are for processes that find each other in a database: name it with --postgres");
        }
        if (options.SiloAuthorities is not null && options.Certificate is null)
        {
            throw new InvalidDataException("--silo-ca wants a certificate to show: give it with --tls-cert and --tls-key");
        }
        if (options.SiloAddress is { } address && !IPAddress.IsLoopback(address.Address) && options.SiloAuthorities is null && !isInsecure)
        {
            throw new InvalidDataException(
                $"{address} can be reached by others, who could join: give processes certificates with --silo-ca, --tls-cert and --tls-key, or say --insecure if the network around it is to be trusted");
        }
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static string? ReadableFile(string? file, string option) =>
        file is null || File.Exists(file) ? file : throw new InvalidDataException($"{option}: there is no file {file}");

    private static RegionFiles? ReadRegionFiles(ParseResult arguments)
    {
        string?[] files = [
            ReadableFile(arguments.GetValue(RegionCertificate), "--region-cert"), ReadableFile(arguments.GetValue(RegionKey), "--region-key"),
            ReadableFile(arguments.GetValue(RegionAuthorities), "--region-ca")];
        return files switch
        {
            [null, null, null] => null,
            [{ } certificate, { } key, { } authorities] => new RegionFiles(certificate, key, authorities),
            _ => throw new InvalidDataException("--region-cert, --region-key and --region-ca belong together: give all, or none"),
        };
    }

    private static string? ReadableFolder(string? folder, string option) =>
        folder is null || Directory.Exists(folder) ? folder : throw new InvalidDataException($"{option}: there is no folder {folder}");

    private static X509Certificate2? ReadCertificate(string? certificate, string? key)
    {
        if (certificate is null != key is null)
        {
            throw new InvalidDataException("--tls-cert and --tls-key belong together: give both, or neither");
        }
        return certificate is null ? null : X509Certificate2.CreateFromPemFile(certificate, key);
    }

    private static KubernetesAdapterOptions ReadCluster(string text)
    {
        (string name, string? file) = Split(text, '=');
        (string? kubeconfig, string? context) = file is null ? (null, null) : Split(file, '#');
        return new KubernetesAdapterOptions { Cluster = name, Kubeconfig = kubeconfig, Context = context };
    }

    private static (string Before, string? After) Split(string text, char separator) =>
        text.IndexOf(separator) is >= 0 and var at ? (text[..at], text[(at + 1)..]) : (text, null);
}
