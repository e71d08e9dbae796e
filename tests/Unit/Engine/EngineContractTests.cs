using ControlPlane.Grains.Sources;
using ControlPlane.Grains.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace ControlPlane.Tests.Unit.Engine;

/// <summary>What grains may count on, the same on every engine.</summary>
[Trait("Engine", "each")]
public sealed class EngineContractTests(EngineFixture fixture) : IClassFixture<EngineFixture>
{
    private readonly string key = Guid.NewGuid().ToString("N");
    private readonly TestEngine engine = fixture.Engine;

    private IContractGrain Grain => engine.Grains.GetGrain<IContractGrain>(key);

    [Fact]
    public async Task Turns_OfManyCalls_AreNeverInterleaved()
    {
        int[] seen = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Grain.WorkAsync()));

        seen.ShouldAllBe(count => count == 1);
    }

    [Fact]
    public async Task InterleavingRead_DuringACall_IsAnswered()
    {
        Task waiting = Grain.WaitForGateAsync();
        await Grain.PeekAsync();

        await Grain.OpenAsync();

        await waiting.WaitAsync(Eventually.Deadline);
    }

    [Fact]
    public async Task Calls_DuringActivation_AreQueued()
    {
        var gate = new TaskCompletionSource();
        ContractGrain.ActivationGates[key] = gate;
        Task<string>[] calls = [.. Enumerable.Range(0, 5).Select(_ => Grain.ActivationAsync())];
        await Eventually.Until(() => ContractGrain.Activations.ContainsKey(key));
        calls.ShouldAllBe(call => !call.IsCompleted);

        gate.SetResult();

        (await Task.WhenAll(calls)).Distinct().Count().ShouldBe(1);
        ContractGrain.Activations[key].ShouldBe(1);
    }

    [Fact]
    public async Task Calls_WhileItEnds_GoToTheNextActivation()
    {
        string first = await Grain.ActivationAsync();
        Task leaving = Grain.LeaveAsync();
        Task<string>[] calls = [.. Enumerable.Range(0, 20).Select(_ => Grain.ActivationAsync())];
        await leaving;

        string[] answers = await Task.WhenAll(calls);

        (await Grain.ActivationAsync()).ShouldNotBe(first);
        answers.Distinct().Count().ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task OnActivate_Throws_FailsItsCallersAndLeavesNoActivation()
    {
        ContractGrain.FailActivation[key] = true;
        (await Should.ThrowAsync<InvalidOperationException>(Grain.ActivationAsync())).Message.ShouldContain("does not want to");

        ContractGrain.FailActivation.TryRemove(key, out _);

        (await Grain.ActivationAsync()).ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Timer_RunsBetweenCallsAndNeverInOne()
    {
        await Grain.StartTimerAsync();
        await Eventually.Until(async () => await Grain.TicksDuringWorkAsync() >= 0);

        (await Grain.TicksDuringWorkAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Call_WithoutAnAnswer_EndsInTimeout() => await Should.ThrowAsync<TimeoutException>(Grain.NeverAsync());

    [Fact]
    public async Task Cycle_OfCalls_EndsInTimeout()
    {
        string other = key + "-other";
        await Should.ThrowAsync<TimeoutException>(Grain.CallOtherAsync(other, key));
    }

    [Fact]
    public async Task Message_ThatIsImmutable_IsPassedByReference()
    {
        var message = new ContractMessage("as it is");

        (await Grain.SameAsync(message)).ShouldBeSameAs(message);
    }

    [Fact]
    public async Task Exception_OfAGrain_ReachesItsCaller() =>
        (await Should.ThrowAsync<InvalidOperationException>(Grain.FailAsync())).Message.ShouldBe("as asked");

    [Fact]
    public async Task Cancellation_OfACall_ReachesTheGrain()
    {
        using var cancelling = new CancellationTokenSource();
        Task<bool> call = Grain.WaitForCancellationAsync(cancelling.Token);
        await Grain.PeekAsync();

        await cancelling.CancelAsync();

        // The caller may be told at once, or by the grain.
        try
        {
            (await call.WaitAsync(Eventually.Deadline)).ShouldBeTrue();
        }
        catch (OperationCanceledException)
        {
        }
    }

    [Fact]
    public async Task State_IsThereAfterTheActivationIsLost()
    {
        IStoredGrain stored = engine.Grains.GetGrain<IStoredGrain>(key);
        await stored.AddAsync("a");
        string before = await stored.ActivationAsync();
        await engine.KillAsync("stored", key);
        await Eventually.Until(async () => await stored.ActivationAsync() != before);

        (await stored.GetAsync()).ShouldBe("a");
    }

    [Fact]
    public async Task State_IsThereAfterARestart_WhateverTheEngine()
    {
        using var folder = new TemporaryFolder();
        await using (TestEngine first = await TestEngine.StartAsync(folder.Path))
        {
            await first.Grains.GetGrain<IStoredGrain>(key).AddAsync("a");
        }

        await using TestEngine second = await TestEngine.StartAsync(folder.Path);

        (await second.Grains.GetGrain<IStoredGrain>(key).AddAsync("b")).ShouldBe("a,b");
    }

    [Fact]
    public async Task InconsistentState_DropsTheActivationAndReadsAnew()
    {
        IStoredGrain stored = engine.Grains.GetGrain<IStoredGrain>(key);
        await stored.AddAsync("a");
        string first = await stored.ActivationAsync();
        IStateStore store = engine.Services.GetRequiredService<IStateStore>();
        StoredRow row = (await store.ReadAllAsync("stored", key, default)).ShouldHaveSingleItem();
        await store.WriteAsync(row.Key, row.Schema, StateJson.Write(new SourceNames { Names = { "z" } }), row.ETag, default);

        await Should.ThrowAsync<InconsistentStateException>(stored.AddAsync("b"));

        await Eventually.Until(async () => await stored.ActivationAsync() != first);
        (await stored.AddAsync("c")).ShouldBe("z,c");
    }
}
