using System.Net;
using System.Net.Sockets;

namespace ControlPlane.Silo.Reach;

/// <summary>Asks for the addresses of host names.</summary>
internal interface IHostResolver
{
    /// <exception cref="SocketException">There is no answer, or there is no such host.</exception>
    Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken);
}

/// <summary>Asks as this machine is configured to.</summary>
internal sealed class SystemResolver : IHostResolver
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken) => await Dns.GetHostAddressesAsync(host, cancellationToken);
}
