using System.Collections.Concurrent;
using ControlPlane.Grains.Storage;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace ControlPlane.Tests.Unit.Engine;

/// <summary>A grain that shows how its engine runs it.</summary>
[Alias("test.IContractGrain")]
public interface IContractGrain : IGrainWithStringKey
{
    /// <summary>Waits twice in a turn and says what it saw of others meanwhile.</summary>
    [Alias("Work")]
    Task<int> WorkAsync();

    [Alias("Activation")]
    Task<string> ActivationAsync();

    [Alias("Leave")]
    Task LeaveAsync();

    [AlwaysInterleave, Alias("Peek")]
    Task<string> PeekAsync();

    /// <summary>Is answered when <see cref="OpenAsync"/> is called.</summary>
    [Alias("WaitForGate")]
    Task WaitForGateAsync();

    [AlwaysInterleave, Alias("Open")]
    Task OpenAsync();

    [ResponseTimeout("00:00:00.300"), Alias("Never")]
    Task NeverAsync();

    [Alias("CallOther"), ResponseTimeout("00:00:01")]
    Task<string> CallOtherAsync(string key, string back);

    [Alias("Timer")]
    Task StartTimerAsync();

    [Alias("Ticks")]
    Task<int> TicksDuringWorkAsync();

    [Alias("Same")]
    Task<ContractMessage> SameAsync(ContractMessage message);

    [Alias("Fail")]
    Task FailAsync();

    [Alias("Cancel")]
    Task<bool> WaitForCancellationAsync(CancellationToken cancellationToken);
}

[GenerateSerializer, Immutable, Alias("test.ContractMessage")]
public sealed record ContractMessage([property: Id(0)] string Text);

/// <inheritdoc cref="IContractGrain"/>
[GrainType("contract")]
public sealed class ContractGrain(IGrainFactory grains) : Grain, IContractGrain
{
    public static readonly ConcurrentDictionary<string, int> Activations = new();
    public static readonly ConcurrentDictionary<string, TaskCompletionSource> ActivationGates = new();
    public static readonly ConcurrentDictionary<string, bool> FailActivation = new();

    private readonly string activation = Guid.NewGuid().ToString("N");
    private readonly TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int inside;
    private int ticks;
    private bool ticking;

    private string Key => this.GetPrimaryKeyString();

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        Activations.AddOrUpdate(Key, 1, (_, count) => count + 1);
        if (ActivationGates.TryGetValue(Key, out TaskCompletionSource? wait))
        {
            await wait.Task;
        }
        if (FailActivation.ContainsKey(Key))
        {
            throw new InvalidOperationException("this one does not want to");
        }
    }

    public async Task<int> WorkAsync()
    {
        int seen = ++inside;
        await Task.Yield();
        seen = Math.Max(seen, inside);
        await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
        seen = Math.Max(seen, inside);
        inside--;
        return seen;
    }

    public Task<string> ActivationAsync() => Task.FromResult(activation);

    public Task LeaveAsync()
    {
        DeactivateOnIdle();
        return Task.CompletedTask;
    }

    public Task<string> PeekAsync() => Task.FromResult(activation);

    public Task WaitForGateAsync() => gate.Task;

    public Task OpenAsync()
    {
        gate.TrySetResult();
        return Task.CompletedTask;
    }

    public Task NeverAsync() => new TaskCompletionSource().Task;

    public Task<string> CallOtherAsync(string key, string back) =>
        key == Key ? Task.FromResult(activation) : grains.GetGrain<IContractGrain>(key).CallOtherAsync(back, back);

    public Task StartTimerAsync()
    {
        this.RegisterGrainTimer(
            _ =>
            {
                ticks++;
                ticking = true;
                return Task.CompletedTask;
            },
            new GrainTimerCreationOptions(TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(5)));
        return Task.CompletedTask;
    }

    public async Task<int> TicksDuringWorkAsync()
    {
        int before = ticks;
        await Task.Delay(TimeSpan.FromMilliseconds(60), TimeProvider.System);
        return ticking ? ticks - before : -1;
    }

    public Task<ContractMessage> SameAsync(ContractMessage message) => Task.FromResult(message);

    public Task FailAsync() => throw new InvalidOperationException("as asked");

    public async Task<bool> WaitForCancellationAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        return cancellationToken.IsCancellationRequested;
    }
}

/// <summary>A grain with a stored state.</summary>
[Alias("test.IStoredGrain")]
public interface IStoredGrain : IGrainWithStringKey
{
    [Alias("Add")]
    Task<string> AddAsync(string source);

    [Alias("Get")]
    Task<string> GetAsync();

    [Alias("Activation")]
    Task<string> ActivationAsync();
}

/// <inheritdoc cref="IStoredGrain"/>
[GrainType("stored")]
public sealed class StoredGrain(
    [PersistentState("names", GrainStateStorage.Name)] IPersistentState<ControlPlane.Grains.Sources.SourceNames> state) : Grain, IStoredGrain
{
    private readonly string activation = Guid.NewGuid().ToString("N");

    public async Task<string> AddAsync(string source)
    {
        state.State.Names.Add(source);
        await state.WriteStateAsync();
        return await GetAsync();
    }

    public Task<string> GetAsync() => Task.FromResult(string.Join(',', state.State.Names));

    public Task<string> ActivationAsync() => Task.FromResult(activation);
}
