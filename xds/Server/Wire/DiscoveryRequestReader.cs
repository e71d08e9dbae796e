using System.Text;
using ControlPlane.Xds.Grpc;
using Envoy.Config.Core.V3;
using Google.Protobuf;
using Google.Rpc;

namespace ControlPlane.Xds.Wire;

/// <summary>
/// Reads requests. By hand, because nearly all are acknowledgements: those cost no memory. The node is read where it is wanted, and what
/// is not used of it (the list of its extensions is 60 KB) is not kept.
/// </summary>
internal static class DiscoveryRequestReader
{
    private static readonly (byte[] Encoded, string Text)[] KnownTypes = [.. TypeUrls.All.Select(url => (Encoding.UTF8.GetBytes(url), url))];

    /// <summary>Fills the request in with what a <c>DiscoveryRequest</c> says.</summary>
    public static void ReadSotw(ReadOnlySpan<byte> message, bool wantsNode, DiscoveryRequest request)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1:
                    request.Version = reader.Text();
                    break;
                case 2 when wantsNode:
                    request.Node = ReadNode(reader.Content);
                    break;
                case 3:
                    request.Names.Add(reader.Text());
                    break;
                case 4:
                    request.TypeUrl = ReadType(reader);
                    break;
                case 5:
                    request.Nonce = Nonce.Parse(reader.Content);
                    break;
                case 6:
                    request.Error = ReadError(reader.Content);
                    break;
            }
        }
    }

    /// <summary>Fills the request in with what a <c>DeltaDiscoveryRequest</c> says.</summary>
    public static void ReadDelta(ReadOnlySpan<byte> message, bool wantsNode, DiscoveryRequest request)
    {
        var reader = new ProtoReader(message);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case 1 when wantsNode:
                    request.Node = ReadNode(reader.Content);
                    break;
                case 2:
                    request.TypeUrl = ReadType(reader);
                    break;
                case 3:
                    request.Names.Add(reader.Text());
                    break;
                case 4:
                    request.Unsubscribed.Add(reader.Text());
                    break;
                case 5:
                    ReadInitialVersion(reader.Content, request.InitialVersions);
                    break;
                case 6:
                    request.Nonce = Nonce.Parse(reader.Content);
                    break;
                case 7:
                    request.Error = ReadError(reader.Content);
                    break;
            }
        }
    }

    private static string ReadType(ProtoReader reader)
    {
        foreach ((byte[] encoded, string text) in KnownTypes)
        {
            if (reader.Content.SequenceEqual(encoded))
            {
                return text;
            }
        }
        return reader.Text();
    }

    private static void ReadInitialVersion(ReadOnlySpan<byte> entry, Dictionary<string, string> versions)
    {
        string name = "";
        string version = "";
        var reader = new ProtoReader(entry);
        while (reader.Next())
        {
            if (reader.Field == 1)
            {
                name = reader.Text();
            }
            else if (reader.Field == 2)
            {
                version = reader.Text();
            }
        }
        versions[name] = version;
    }

    private static string ReadError(ReadOnlySpan<byte> status)
    {
        Status error = Parse(Status.Parser, status);
        return error.Message.Length > 0 ? error.Message : $"code {error.Code}, without a message";
    }

    private static ProxyNode ReadNode(ReadOnlySpan<byte> message)
    {
        Node node = Parse(Node.Parser, message);
        var version = node.UserAgentBuildVersion?.Version;
        return new ProxyNode(
            node.Id, node.Cluster, node.Locality?.Region ?? "", node.Locality?.Zone ?? "", node.Locality?.SubZone ?? "", node.Metadata,
            node.UserAgentName, version is null ? node.UserAgentVersion : $"{version.MajorNumber}.{version.MinorNumber}.{version.Patch}",
            [.. node.ClientFeatures]);
    }

    private static T Parse<T>(MessageParser<T> parser, ReadOnlySpan<byte> message)
        where T : IMessage<T>
    {
        try
        {
            return parser.WithDiscardUnknownFields(true).ParseFrom(message);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw GrpcException.Malformed(e.Message);
        }
    }
}
