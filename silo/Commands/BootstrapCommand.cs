using System.CommandLine;
using System.Globalization;
using System.Net;
using ControlPlane.Model;
using ControlPlane.Silo.Bootstraps;
using ControlPlane.Silo.Hosting;
using ControlPlane.Xds.Resources.Naming;

namespace ControlPlane.Silo.Commands;

/// <summary><c>controlplane bootstrap</c>.</summary>
internal static class BootstrapCommand
{
    private static readonly Option<string> Node = new("--node") { Description = "The proxy's name, unique: node.id", Required = true };

    private static readonly Option<ProxyKind> Kind = new("--kind")
    {
        Description = "sidecar, gateway or grpc (a gRPC client without a proxy: prints what GRPC_XDS_BOOTSTRAP names)",
        DefaultValueFactory = _ => ProxyKind.Sidecar,
        CustomParser = result => Parsing.Read(result, "sidecar, gateway or grpc", (string text, out ProxyKind kind) =>
            Enum.TryParse(text, ignoreCase: true, out kind) && kind != ProxyKind.None && !char.IsDigit(text[0])),
    };

    private static readonly Option<string> Cluster = new("--cluster") { Description = "The Cluster object that it is in", Required = true };

    private static readonly Option<string> Namespace = new("--namespace", "-n")
    {
        Description = "The namespace whose services it may call by their bare names", DefaultValueFactory = _ => ProxyMetadata.DefaultNamespace,
    };

    private static readonly Option<string> Workload = new("--workload") { Description = "What it stands beside, for people", DefaultValueFactory = _ => "" };

    private static readonly Option<string> Gateway = new("--gateway") { Description = "With --kind gateway: the Gateway object, in the namespace", DefaultValueFactory = _ => "" };

    private static readonly Option<IPAddress> Address = IpAddress("--address", "Where inbound and gateway listeners bind", "0.0.0.0");

    private static readonly Option<IPAddress> OutboundAddress = IpAddress(
        "--outbound-address", "Where outbound listeners bind: another loopback address for each sidecar on one machine", ProxyMetadata.DefaultOutboundAddress);

    private static readonly Option<InboundPort[]> Inbound = new("--inbound")
    {
        Description = "A port of the application and where the sidecar listens for it; PROTOCOL is HTTP, HTTP2, GRPC, TCP (default) or TLS. May be repeated",
        HelpName = "PORT=LISTEN[:PROTOCOL]",
        DefaultValueFactory = _ => [],
        CustomParser = result => Parsing.ReadAll(result, "PORT=LISTEN or PORT=LISTEN:PROTOCOL, such as 8080=15080:HTTP,", ReadInbound),
    };

    private static readonly Option<string> Region = new("--region") { Description = "Overrides the cluster's region", DefaultValueFactory = _ => "" };
    private static readonly Option<string> Zone = new("--zone") { Description = "Overrides the cluster's zone", DefaultValueFactory = _ => "" };
    private static readonly Option<string> SubZone = new("--sub-zone") { Description = "Overrides the cluster's sub-zone", DefaultValueFactory = _ => "" };

    private static readonly Option<DnsEndPoint[]> Servers = new("--xds")
    {
        Description = "Where the control plane is. May be repeated for its replicas",
        HelpName = "HOST:PORT",
        DefaultValueFactory = _ => [new DnsEndPoint("127.0.0.1", new RunOptions { DataFolder = "" }.XdsAddress.Port)],
        CustomParser = result => Parsing.ReadAll(result, "HOST:PORT", ReadServer),
    };

    private static readonly Option<string?> Authorities = new("--xds-ca") { Description = "Speak TLS to the control plane, whose certificate these authorities (PEM) sign", HelpName = "FILE" };

    private static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = "A file of the token with which the proxy proves which workload of its mesh it is. The token goes into what is printed: keep that readable by Envoy's user alone",
        HelpName = "FILE",
    };

    private static readonly Option<string?> ClientCertificate = new("--client-certificate")
    {
        Description = "A certificate of the mesh (PEM), on the proxy's machine, that proves the same. With --client-key and --xds-ca", HelpName = "FILE",
    };

    private static readonly Option<string?> ClientKey = new("--client-key") { Description = "Its key (PEM)", HelpName = "FILE" };

    // Debian and Alpine, Fedora and Amazon Linux, SUSE, others.
    private static readonly string[] KnownAuthorities =
        ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem"];

    private static readonly Option<string?> SystemAuthorities = new("--system-ca")
    {
        Description = "Where the proxy's machine keeps the authorities (PEM) that it trusts in the web: for calls to functions. Default: as on this machine; '' for none",
        HelpName = "FILE",
        DefaultValueFactory = _ => KnownAuthorities.FirstOrDefault(File.Exists),
    };

    private static readonly Option<IPEndPoint> Admin = Parsing.EndPoint("--admin", "Envoy's admin interface", new IPEndPoint(IPAddress.Loopback, 9901));

    private static readonly Option<bool> Sotw = new("--sotw") { Description = "State of the world instead of delta" };

    public static Command Create()
    {
        var command = new Command("bootstrap", "Prints the configuration that a proxy starts with")
        {
            Node, Kind, Cluster, Namespace, Workload, Gateway, Address, OutboundAddress, Inbound, Region, Zone, SubZone, Servers, Authorities, TokenFile, ClientCertificate, ClientKey, SystemAuthorities, Admin, Sotw,
        };
        command.SetAction(arguments =>
        {
            BootstrapOptions options;
            try
            {
                options = Read(arguments);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                return Terminal.Fail(exception.Message);
            }
            if (options.Metadata is { Kind: ProxyKind.Gateway, Gateway.Length: 0 })
            {
                return Terminal.Fail("--kind gateway needs --gateway, the name of the Gateway object that it serves");
            }
            Console.Out.Write(options.Metadata.Kind == ProxyKind.Grpc ? GrpcBootstrap.Write(options) : EnvoyBootstrap.Write(options));
            return 0;
        });
        return command;
    }

    private static BootstrapOptions Read(ParseResult arguments) => new()
    {
        Node = arguments.GetRequiredValue(Node),
        Metadata = new ProxyMetadata
        {
            Kind = arguments.GetValue(Kind),
            Cluster = arguments.GetRequiredValue(Cluster),
            Namespace = arguments.GetRequiredValue(Namespace),
            Workload = arguments.GetRequiredValue(Workload),
            Gateway = arguments.GetRequiredValue(Gateway),
            Address = arguments.GetRequiredValue(Address).ToString(),
            OutboundAddress = arguments.GetRequiredValue(OutboundAddress).ToString(),
            Inbound = [.. arguments.GetRequiredValue(Inbound)],
        },
        Locality = new Locality(arguments.GetRequiredValue(Region), arguments.GetRequiredValue(Zone), arguments.GetRequiredValue(SubZone)),
        Servers = arguments.GetRequiredValue(Servers),
        Authorities = arguments.GetValue(Authorities),
        SystemAuthorities = arguments.GetValue(SystemAuthorities),
        Token = ReadToken(arguments),
        ClientCertificate = ReadClientCertificate(arguments),
        Admin = arguments.GetValue(Admin),
        IsSotw = arguments.GetValue(Sotw),
    };

    private static string? ReadToken(ParseResult arguments)
    {
        if (arguments.GetValue(TokenFile) is not { } file)
        {
            return null;
        }
        if (arguments.GetValue(Kind) == ProxyKind.Grpc)
        {
            throw new InvalidDataException("--token-file is for proxies: gRPC clients are not told apart by the control plane");
        }
        string token = File.ReadAllText(file).Trim();
        return token.Length > 0 && token.All(character => character is > ' ' and <= '~')
            ? token
            : throw new InvalidDataException($"--token-file: {file} holds no token: one line of visible ASCII characters is expected");
    }

    private static (string, string)? ReadClientCertificate(ParseResult arguments) =>
        (arguments.GetValue(ClientCertificate), arguments.GetValue(ClientKey), arguments.GetValue(Authorities)) switch
        {
            (null, null, _) => null,
            ({ } certificate, { } key, not null) => (certificate, key),
            _ => throw new InvalidDataException("--client-certificate needs --client-key, and --xds-ca: certificates are shown over TLS"),
        };

    private static Option<IPAddress> IpAddress(string name, string description, string fallback) => new(name)
    {
        Description = description,
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => IPAddress.Parse(fallback),
        CustomParser = result => Parsing.Read(result, "an IP address", (string text, out IPAddress? address) => IPAddress.TryParse(text, out address)),
    };

    private static InboundPort? ReadInbound(string text)
    {
        string[] parts = text.Split('=', ':');
        return parts.Length is 2 or 3 && text.IndexOf('=') is > 0 and var equals && text.IndexOf(':') is var colon && (colon < 0 || colon > equals)
            && ReadPort(parts[0]) is { } port && ReadPort(parts[1]) is { } listen
            && Enum.TryParse(parts.Length == 3 ? parts[2] : "TCP", ignoreCase: true, out Protocol protocol)
            ? new InboundPort(port, listen, protocol)
            : null;
    }

    private static DnsEndPoint? ReadServer(string text) =>
        text.LastIndexOf(':') is > 0 and var colon && ReadPort(text[(colon + 1)..]) is { } port ? new DnsEndPoint(text[..colon].Trim('[', ']'), port) : null;

    private static int? ReadPort(string text) => int.TryParse(text, CultureInfo.InvariantCulture, out int port) && port is > 0 and <= 65535 ? port : null;
}
