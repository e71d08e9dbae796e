using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using ControlPlane.Adapters.Sources;
using ControlPlane.Grains.Storage;

namespace ControlPlane.Silo.Regions;

/// <summary>This region, towards others. What it has heard of them is stored, so that a later start does not believe an earlier life of one.</summary>
internal sealed class RegionIdentity(RegionOptions options, IStateStore store) : IRegionIdentity
{
    private const string RowType = "region-generation";

    public string Name => options.Name;

    /// <summary>Null: links are not encrypted.</summary>
    public RegionTrust? Trust { get; } = options.Files is { } files ? new RegionTrust(files) : null;

    /// <inheritdoc/>
    public SslClientAuthenticationOptions? TlsTo(string region) => Trust is null
        ? null
        : new SslClientAuthenticationOptions
        {
            TargetHost = region,
            ClientCertificateContext = Trust.Shown,
            RemoteCertificateValidationCallback = (_, certificate, chain, _) => IsOf(region, certificate as X509Certificate2, chain),
        };

    /// <inheritdoc/>
    public async Task<long> GenerationOfAsync(string region, CancellationToken cancellationToken) =>
        await store.ReadAsync(RowOf(region), cancellationToken) is { } row ? JsonSerializer.Deserialize(row.Payload, StateJson.Default.Int64) : 0;

    /// <inheritdoc/>
    public async Task HeardAsync(string region, long generation, CancellationToken cancellationToken)
    {
        StoredRow? row = await store.ReadAsync(RowOf(region), cancellationToken);
        try
        {
            await store.WriteAsync(RowOf(region), StateJson.Schema, StateJson.Write(generation), row?.ETag, cancellationToken);
        }
        catch (StateConflictException conflict)
        {
            throw new IOException($"another silo has heard of region {region} at the same time", conflict);
        }
    }

    private static StateKey RowOf(string region) => new(RowType, region, "");

    private bool IsOf(string region, X509Certificate2? certificate, X509Chain? chain)
    {
        try
        {
            return certificate is not null && Trust!.Verify(certificate, chain?.ChainPolicy.ExtraStore ?? []) == region;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
