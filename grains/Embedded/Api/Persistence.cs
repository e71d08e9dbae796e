using Orleans.Core;
using Orleans.Runtime;

namespace Orleans.Core
{
    /// <summary>A stored state: what was read or written last, and its etag.</summary>
    public interface IStorage<TState>
    {
        TState State { get; set; }

        string? Etag { get; }

        bool RecordExists { get; }

        Task ReadStateAsync();

        /// <exception cref="Storage.InconsistentStateException">Somebody else wrote since it was read. The activation ends.</exception>
        Task WriteStateAsync();

        Task ClearStateAsync();
    }
}

namespace Orleans.Runtime
{
    /// <summary>A stored state of an activation, read before the activation's first turn.</summary>
    public interface IPersistentState<TState> : IStorage<TState>;

    /// <summary>Asks for a stored state in a constructor.</summary>
    [AttributeUsage(AttributeTargets.Parameter)]
    public sealed class PersistentStateAttribute(string stateName, string? storageName = null) : Attribute
    {
        public string StateName { get; } = stateName;

        public string? StorageName { get; } = storageName;
    }
}

namespace Orleans
{
    /// <summary>What a storage reads into and writes from.</summary>
    public interface IGrainState<T>
    {
        T State { get; set; }

        string? ETag { get; set; }

        bool RecordExists { get; set; }
    }
}

namespace Orleans.Storage
{
    /// <summary>Where states are kept.</summary>
    public interface IGrainStorage
    {
        Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

        /// <exception cref="InconsistentStateException">The etag is not the stored one.</exception>
        Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);

        Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState);
    }

    /// <summary>A conditional write found that somebody else had written.</summary>
    public class InconsistentStateException : Exception
    {
        public InconsistentStateException()
        {
        }

        public InconsistentStateException(string message) : base(message)
        {
        }

        public InconsistentStateException(string message, Exception storageException) : base(message, storageException)
        {
        }
    }
}
