using System.Net;

namespace ControlPlane.Silo.Regions;

/// <summary>Who this region is to others, and where it listens for their links.</summary>
public sealed record RegionOptions
{
    public const string DefaultName = "local";

    /// <summary>A DNS label.</summary>
    public string Name { get; init; } = DefaultName;

    /// <summary>Where other regions open their links; null: nowhere.</summary>
    public IPEndPoint? Address { get; init; }

    /// <summary>What links are encrypted with; null: they are not.</summary>
    public RegionFiles? Files { get; init; }
}

/// <summary>PEM files.</summary>
/// <param name="Certificate">With its chain; its URI name is <c>spiffe://DOMAIN/region/NAME</c>.</param>
/// <param name="Authorities">Of the certificates of all regions.</param>
public sealed record RegionFiles(string Certificate, string Key, string Authorities);
