using ControlPlane.Grains.Storage;
using ControlPlane.Model;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace ControlPlane.Grains.Sources;

/// <summary>All sources there are. There is one, with the key <see cref="Key"/>.</summary>
[Alias("cp.ISourceDirectoryGrain")]
public interface ISourceDirectoryGrain : IGrainWithStringKey
{
    const string Key = "all";

    [Alias("Add")]
    Task AddAsync(string source);

    [Alias("Remove")]
    Task RemoveAsync(string source);

    [AlwaysInterleave, Alias("List")]
    Task<ValueList<string>> ListAsync();
}

/// <inheritdoc cref="ISourceDirectoryGrain"/>
[GrainType("sources")]
public sealed class SourceDirectoryGrain(
    [PersistentState("names", GrainStateStorage.Name)] IPersistentState<SourceNames> names) : Grain, ISourceDirectoryGrain
{
    public async Task AddAsync(string source)
    {
        if (!names.State.Names.Contains(source))
        {
            names.State.Names.Add(source);
            names.State.Names.Sort(StringComparer.Ordinal);
            await names.WriteStateAsync();
        }
    }

    public async Task RemoveAsync(string source)
    {
        if (names.State.Names.Remove(source))
        {
            await names.WriteStateAsync();
        }
    }

    public Task<ValueList<string>> ListAsync() => Task.FromResult(names.State.Names.ToValueList());
}

public sealed class SourceNames
{
    public List<string> Names { get; set; } = [];
}
