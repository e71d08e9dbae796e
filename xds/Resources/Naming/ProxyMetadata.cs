using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using ControlPlane.Model;
using Google.Protobuf.WellKnownTypes;

namespace ControlPlane.Xds.Resources.Naming;

/// <summary>What a proxy says of itself in <c>node.metadata.controlplane</c>.</summary>
public sealed record ProxyMetadata
{
    public const string Key = "controlplane";

    /// <summary>The namespace of a proxy that names none.</summary>
    public const string DefaultNamespace = "default";

    /// <summary>Where sidecars listen for their applications' calls unless they say otherwise.</summary>
    public const string DefaultOutboundAddress = "127.0.0.1";

    public required ProxyKind Kind { get; init; }

    /// <summary>The <see cref="Model.Configuration.Cluster"/> object's name.</summary>
    public required string Cluster { get; init; }

    public string Namespace { get; init; } = DefaultNamespace;

    public string Workload { get; init; } = "";

    /// <summary>Where inbound and gateway listeners bind.</summary>
    public string Address { get; init; } = "0.0.0.0";

    /// <summary>Where outbound listeners bind: a loopback address, another one for each sidecar that shares a machine.</summary>
    public string OutboundAddress { get; init; } = DefaultOutboundAddress;

    /// <summary>The Gateway object that a gateway serves: its name, in <see cref="Namespace"/>.</summary>
    public string Gateway { get; init; } = "";

    public ImmutableArray<InboundPort> Inbound { get; init; } = [];

    /// <summary>Reads it.</summary>
    /// <returns>What is wrong, in words; null: nothing.</returns>
    public static string? TryRead(Struct? metadata, out ProxyMetadata result)
    {
        result = new ProxyMetadata { Kind = default, Cluster = "" };
        if (metadata is null || !metadata.Fields.TryGetValue(Key, out Value? own) || own.KindCase != Value.KindOneofCase.StructValue)
        {
            return $"node.metadata.{Key} is missing: an object with at least kind and cluster is expected, as 'controlplane bootstrap' writes it";
        }
        var reader = new MetadataReader(own.StructValue, $"node.metadata.{Key}");
        string kind = reader.Text("kind");
        result = new ProxyMetadata
        {
            Kind = kind switch { "sidecar" => ProxyKind.Sidecar, "gateway" => ProxyKind.Gateway, "grpc" => ProxyKind.Grpc, _ => default },
            Cluster = reader.Text("cluster"),
            Namespace = reader.Text("namespace", DefaultNamespace),
            Workload = reader.Text("workload", ""),
            Address = reader.Address("address", "0.0.0.0"),
            OutboundAddress = reader.Address("outboundAddress", DefaultOutboundAddress),
            Gateway = reader.Text("gateway", ""),
            Inbound = reader.Inbound("inbound"),
        };
        if (reader.Problem is null && result.Kind == default)
        {
            return $"node.metadata.{Key}.kind is '{kind}': sidecar, gateway or grpc is expected";
        }
        if (reader.Problem is null && result is { Kind: ProxyKind.Gateway, Gateway.Length: 0 })
        {
            return $"node.metadata.{Key}.gateway is missing: the name of a Gateway object in namespace {result.Namespace} is expected";
        }
        return reader.Problem;
    }

    private sealed class MetadataReader(Struct own, string path)
    {
        public string? Problem { get; private set; }

        public string Text(string name, string? fallback = null)
        {
            if (!own.Fields.TryGetValue(name, out Value? value))
            {
                return fallback ?? Fail(name, "is missing: a text is expected");
            }
            return value.KindCase == Value.KindOneofCase.StringValue && (value.StringValue.Length > 0 || fallback is not null)
                ? value.StringValue
                : Fail(name, "is not a text");
        }

        public string Address(string name, string fallback)
        {
            string text = Text(name, fallback);
            return IPAddress.TryParse(text, out _) ? text : Fail(name, $"is '{text}': an IP address is expected");
        }

        public ImmutableArray<InboundPort> Inbound(string name)
        {
            if (!own.Fields.TryGetValue(name, out Value? value))
            {
                return [];
            }
            if (value.KindCase != Value.KindOneofCase.ListValue)
            {
                Fail(name, "is not a list of {port, listen, protocol}");
                return [];
            }
            return [.. value.ListValue.Values.Select((item, index) => Inbound(item, string.Create(CultureInfo.InvariantCulture, $"{name}[{index}]")))];
        }

        private InboundPort Inbound(Value item, string name)
        {
            MapFieldView fields = new(item.KindCase == Value.KindOneofCase.StructValue ? item.StructValue : new Struct());
            int port = fields.Port("port");
            int listen = fields.Port("listen");
            if (port == 0 || listen == 0)
            {
                Fail(name, "needs port and listen, each from 1 to 65535");
            }
            string protocol = fields.Text("protocol", "TCP");
            if (!System.Enum.TryParse(protocol, ignoreCase: true, out Protocol parsed))
            {
                Fail(name, $"has protocol '{protocol}': HTTP, HTTP2, GRPC, TCP or TLS is expected");
            }
            return new InboundPort(port, listen, parsed);
        }

        private string Fail(string name, string what)
        {
            Problem ??= $"{path}.{name} {what}";
            return "";
        }
    }

    private readonly struct MapFieldView(Struct value)
    {
        public int Port(string name) =>
            value.Fields.TryGetValue(name, out Value? field) && field.NumberValue is >= 1 and <= 65535 ? (int)field.NumberValue : 0;

        public string Text(string name, string fallback) =>
            value.Fields.TryGetValue(name, out Value? field) && field.StringValue.Length > 0 ? field.StringValue : fallback;
    }
}

public enum ProxyKind
{
    None,
    Sidecar,
    Gateway,

    /// <summary>A gRPC client without a proxy.</summary>
    Grpc,
}

/// <summary>A port of the local application, and where its sidecar listens for it.</summary>
public sealed record InboundPort(int Port, int Listen, Protocol Protocol);
