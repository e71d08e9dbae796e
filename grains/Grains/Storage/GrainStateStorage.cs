using Orleans.Runtime;
using Orleans.Storage;

namespace ControlPlane.Grains.Storage;

/// <summary>Keeps the persistent states of grains in the state store, the same rows with every engine.</summary>
public sealed class GrainStateStorage(IStateStore store) : IGrainStorage
{
    /// <summary>The storage's name in <c>[PersistentState]</c>.</summary>
    public const string Name = "state";

    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        StoredRow? row = await store.ReadAsync(KeyOf(stateName, grainId), CancellationToken.None);
        grainState.RecordExists = row is not null;
        grainState.ETag = row?.ETag;
        if (row is not null)
        {
            grainState.State = StateJson.Read<T>(row);
        }
        else
        {
            grainState.State = Activator.CreateInstance<T>();
        }
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        try
        {
            byte[] payload = StateJson.Write(grainState.State);
            grainState.ETag = await store.WriteAsync(KeyOf(stateName, grainId), StateJson.Schema, payload, grainState.ETag, CancellationToken.None);
            grainState.RecordExists = true;
        }
        catch (StateConflictException conflict)
        {
            throw new InconsistentStateException(conflict.Message, conflict);
        }
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        try
        {
            await store.DeleteAsync(KeyOf(stateName, grainId), grainState.ETag, CancellationToken.None);
        }
        catch (StateConflictException conflict)
        {
            throw new InconsistentStateException(conflict.Message, conflict);
        }
        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    // Both engines write a grain's identity as type/key; a key may contain slashes.
    private static StateKey KeyOf(string stateName, GrainId grainId)
    {
        string identity = grainId.ToString();
        int slash = identity.IndexOf('/', StringComparison.Ordinal);
        return new StateKey(identity[..slash], identity[(slash + 1)..], stateName);
    }
}
