using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace ControlPlane.Embedded;

internal interface IStoredState
{
    Task ReadStateAsync();
}

/// <summary>A stored state of an activation.</summary>
internal sealed class StoredState<T>(IGrainStorage storage, string name, GrainId grain) : IPersistentState<T>, IGrainState<T>, IStoredState
    where T : new()
{
    public T State { get; set; } = new();

    public string? ETag { get; set; }

    public string? Etag => ETag;

    public bool RecordExists { get; set; }

    public Task ReadStateAsync() => storage.ReadStateAsync(name, grain, this);

    public Task WriteStateAsync() => storage.WriteStateAsync(name, grain, this);

    public Task ClearStateAsync() => storage.ClearStateAsync(name, grain, this);
}
