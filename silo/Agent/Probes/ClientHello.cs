using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ControlPlane.Silo.Agent.Probes;

/// <summary>The first message of TLS 1.2 (RFC 5246, section 7.4.1.2) with a server name (RFC 6066, section 3): enough to be answered, not to go on.</summary>
internal static class ClientHello
{
    /// <summary>The first byte of a record: an alert.</summary>
    public const byte Alert = 0x15;

    /// <summary>The first byte of a record: a handshake.</summary>
    public const byte Handshake = 0x16;

    private const int RandomSize = 32;

    // ECDHE with AES-GCM: what every server of today has.
    private static readonly byte[] CipherSuites = [0xC0, 0x2B, 0xC0, 0x2F, 0xC0, 0x2C, 0xC0, 0x30];
    private static readonly byte[] Groups = [0x00, 0x1D, 0x00, 0x17];
    private static readonly byte[] Signatures = [0x04, 0x03, 0x08, 0x04, 0x04, 0x01];

    public static byte[] For(string serverName)
    {
        byte[] name = Encoding.ASCII.GetBytes(serverName);
        byte[] extensions = [
            .. Extension(0, Sized([0, .. Sized(name)])),
            .. Extension(10, Sized(Groups)),
            .. Extension(11, [1, 0]),
            .. Extension(13, Sized(Signatures)),
        ];
        byte[] hello = [3, 3, .. RandomNumberGenerator.GetBytes(RandomSize), 0, .. Sized(CipherSuites), 1, 0, .. Sized(extensions)];
        return [Handshake, 3, 1, .. Sized([1, 0, .. Sized(hello)])];
    }

    private static byte[] Extension(byte type, byte[] content) => [0, type, .. Sized(content)];

    // Two bytes of length, then the content.
    private static byte[] Sized(byte[] content)
    {
        byte[] sized = new byte[content.Length + sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(sized, (ushort)content.Length);
        content.CopyTo(sized, sizeof(ushort));
        return sized;
    }
}
