namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>A machine: programs that are started in it have its addresses, its loopback and its routes, and nothing else.</summary>
/// <param name="legs">By network: its address there, and the other end of its cable.</param>
public sealed class NetworkNamespace(string name, IReadOnlyDictionary<string, (string Address, string Link)> legs)
{
    /// <summary>Its address in its own network.</summary>
    public string Address => legs.First().Value.Address;

    public string AddressIn(string network) => legs[network].Address;

    /// <summary>Starts a program in it; the process is the program's own.</summary>
    public ChildProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null) =>
        ChildProcess.Start(Peer.Find("ip"), ["netns", "exec", name, program, .. arguments], environment);

    /// <summary>Pulls its cable into a network: what is sent there is lost, and nobody is told.</summary>
    public Task CutAsync(string network) => SetAsync(network, "down");

    public Task MendAsync(string network) => SetAsync(network, "up");

    private Task SetAsync(string network, string state) => NetworkNamespaces.RunAsync([], [$"link set {legs[network].Link} {state}"]);
}
