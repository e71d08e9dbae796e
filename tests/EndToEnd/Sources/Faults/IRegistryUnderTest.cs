using ControlPlane.Model;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

/// <summary>
/// A registry as the tests that are the same for all of them need it: its real component (where there is none, its stand-in), and a proxy before it that
/// has faults.
/// </summary>
public interface IRegistryUnderTest : IAsyncDisposable
{
    string Name { get; }

    IReadOnlyDictionary<SourceFault, FaultUnderTest> Faults { get; }

    /// <summary>The other faults, and why there is no such thing.</summary>
    IReadOnlyDictionary<SourceFault, string> Impossible { get; }

    /// <summary>What must never be said.</summary>
    IReadOnlyCollection<string> Secrets { get; }

    /// <summary>Starts the component. Nothing else may be called before.</summary>
    Task StartAsync();

    /// <summary>Two instances of <c>cart</c>, one of <c>web</c>, all well.</summary>
    Task ResetAsync();

    /// <summary>Watches it through the proxy.</summary>
    /// <param name="patience">How long an answer may take.</param>
    WatchedSource Watch(TimeSpan patience);

    /// <returns>Its name in this interface.</returns>
    Task<string> AddAsync(string service);

    /// <summary>Changes where it is, or how much it is to get.</summary>
    Task ChangeAsync(string name);

    /// <param name="health">Healthy, Unhealthy or Draining.</param>
    Task SetHealthAsync(string name, Health health);

    Task RemoveAsync(string name);

    /// <summary>Ends the component without a word to anybody.</summary>
    Task KillAsync();

    /// <summary>Starts it again, with what it had.</summary>
    Task StartAgainAsync();

    /// <summary>Adds so many instances.</summary>
    /// <returns>How many there are with them.</returns>
    Task<int> FillAsync(int count);
}
