using ControlPlane.Model.Catalog;
using ControlPlane.Model.Reach;

namespace ControlPlane.Grains.Reach;

/// <summary>An address of a gateway.</summary>
internal readonly record struct AddressKey(string Gateway, string Host, int Port) : IComparable<AddressKey>
{
    public static AddressKey Of(ProbeResult result) => new(result.Gateway, result.Host, result.Port);

    public static AddressKey Of(WithdrawnAddress address) => new(address.Gateway, address.Host, address.Port);

    public int CompareTo(AddressKey other)
    {
        int result = string.CompareOrdinal(Gateway, other.Gateway);
        result = result != 0 ? result : string.CompareOrdinal(Host, other.Host);
        return result != 0 ? result : Port.CompareTo(other.Port);
    }
}
