using System.Globalization;
using System.IO.Hashing;
using System.Text;
using ControlPlane.Grains.Storage;
using ControlPlane.Model;
using Orleans.Runtime;

namespace ControlPlane.Grains.Services;

/// <summary>The loopback ports of a mesh's TCP services: given once, kept for ever. The key is the mesh.</summary>
[Alias("cp.ILoopbackPortGrain")]
public interface ILoopbackPortGrain : IGrainWithStringKey
{
    /// <summary>The loopback port of each port: the one it asks for, or one of 20000 to 29999. Stored when this returns.</summary>
    /// <returns>In the order of <paramref name="ports"/>; 0 where there is none left.</returns>
    [Alias("Reserve")]
    Task<ValueList<int>> ReserveAsync(ServiceId service, ValueList<ServicePort> ports);
}

/// <inheritdoc cref="ILoopbackPortGrain"/>
[GrainType("loopback")]
public sealed class LoopbackPortGrain(
    [PersistentState("ports", GrainStateStorage.Name)] IPersistentState<LoopbackPorts> reservations) : Grain, ILoopbackPortGrain
{
    private const int First = 20_000;
    private const int Count = 10_000;
    private readonly HashSet<int> taken = [];

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        taken.UnionWith(reservations.State.ByPort.Values);
        return Task.CompletedTask;
    }

    public async Task<ValueList<int>> ReserveAsync(ServiceId service, ValueList<ServicePort> ports)
    {
        bool isNew = false;
        var reserved = new List<int>();
        foreach (ServicePort port in ports)
        {
            string key = string.Create(CultureInfo.InvariantCulture, $"{service}:{port.Port}");
            if (!reservations.State.ByPort.TryGetValue(key, out int number) || (port.LoopbackPort != 0 && port.LoopbackPort != number))
            {
                number = port.LoopbackPort != 0 ? port.LoopbackPort : Free(key);
                reservations.State.ByPort[key] = number;
                taken.Add(number);
                isNew = true;
            }
            reserved.Add(number);
        }
        if (isNew)
        {
            await reservations.WriteStateAsync();
        }
        return reserved.ToValueList();
    }

    // By the hash of the name, so that the same services get the same ports wherever they are first seen.
    private int Free(string key)
    {
        int start = (int)(XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(key)) % Count);
        for (int i = 0; i < Count; i++)
        {
            int number = First + ((start + i) % Count);
            if (!taken.Contains(number))
            {
                return number;
            }
        }
        return 0;
    }
}

/// <summary>By <c>mesh/namespace/name:port</c>.</summary>
public sealed class LoopbackPorts
{
    public SortedDictionary<string, int> ByPort { get; set; } = new(StringComparer.Ordinal);
}
