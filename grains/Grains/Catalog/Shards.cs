using System.Globalization;
using System.IO.Hashing;
using System.Text;
using ControlPlane.Model;

namespace ControlPlane.Grains.Catalog;

/// <summary>Which shard of the catalog a service is in. The keys say how many there are, so that the number can change.</summary>
public static class Shards
{
    public const int Count = 16;

    /// <summary>The shard of the configuration and of the sources' states.</summary>
    public const string Meta = "meta";

    private static readonly string[] Keys = [.. Enumerable.Range(0, Count).Select(index => string.Create(CultureInfo.InvariantCulture, $"{index}/{Count}"))];

    /// <summary>The keys of all shards of services.</summary>
    public static IReadOnlyList<string> OfServices => Keys;

    /// <summary>By XxHash3 of <c>mesh/namespace/name</c>: fixed for ever for one count.</summary>
    public static string Of(ServiceId service) => Keys[XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(service.ToString())) % Count];
}
