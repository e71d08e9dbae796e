using System.Net.Security;

namespace ControlPlane.Adapters.Sources;

/// <summary>Who this region of the control plane is to others, and what it remembers of them.</summary>
public interface IRegionIdentity
{
    /// <summary>This region's name.</summary>
    string Name { get; }

    /// <summary>What is shown to another region, and what is asked of it, as the files are now; null: links are not encrypted.</summary>
    /// <exception cref="InvalidDataException">The files cannot be used: which, and why.</exception>
    SslClientAuthenticationOptions? TlsTo(string region);

    /// <summary>The highest generation that was ever heard of another region; 0: none.</summary>
    Task<long> GenerationOfAsync(string region, CancellationToken cancellationToken);

    /// <summary>Remembers a generation, before anything that is said under it is believed.</summary>
    Task HeardAsync(string region, long generation, CancellationToken cancellationToken);
}
