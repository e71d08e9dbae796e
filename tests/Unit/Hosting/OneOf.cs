using ControlPlane.Adapters.Hosting;

namespace ControlPlane.Tests.Unit.Hosting;

/// <summary>One silo among some.</summary>
internal sealed class OneOf(string self, params string[] members) : IClusterInfo
{
    public string Self => self;

    public IReadOnlyCollection<string> Members => members;
}
