using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using ControlPlane.Model;

namespace ControlPlane.Grains.Catalog;

/// <summary>How many parts of a source there are in a shard, and a sum over (service, version) that does not depend on the order.</summary>
[GenerateSerializer, Immutable, Alias("cp.ShardDigest")]
public readonly record struct ShardDigest([property: Id(0)] int Count, [property: Id(1)] ulong Sum)
{
    public ShardDigest With(ServiceId service, RecordVersion version) => new(Count + 1, unchecked(Sum + HashOf(service, version)));

    public ShardDigest Without(ServiceId service, RecordVersion version) => new(Count - 1, unchecked(Sum - HashOf(service, version)));

    private static ulong HashOf(ServiceId service, RecordVersion version)
    {
        string name = service.ToString();
        Span<byte> bytes = stackalloc byte[24 + Encoding.UTF8.GetMaxByteCount(Math.Min(name.Length, 1000))];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, version.Generation);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[8..], version.Epoch);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], version.Counter);
        int length = Encoding.UTF8.GetBytes(name.AsSpan(0, Math.Min(name.Length, 1000)), bytes[24..]);
        return XxHash3.HashToUInt64(bytes[..(24 + length)]);
    }
}
