using System.Collections.Concurrent;
using ControlPlane.Adapters.Hosting;

namespace ControlPlane.Tests.Unit.Grains;

/// <summary>Silos that live as long as the test says.</summary>
internal sealed class Members : IClusterInfo
{
    public const string Here = "here";
    public const string There = "there";

    private readonly ConcurrentDictionary<string, bool> alive = new() { [Here] = true, [There] = true };

    public string Self => Here;

    IReadOnlyCollection<string> IClusterInfo.Members => [.. alive.Keys];

    public void Lose(string member) => alive.TryRemove(member, out _);
}
