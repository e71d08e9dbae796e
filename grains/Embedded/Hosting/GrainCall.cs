namespace ControlPlane.Embedded;

/// <summary>A call that waits for its turn, or runs.</summary>
internal abstract class GrainCall(GrainMethod method, object?[] arguments)
{
    public GrainMethod Method => method;

    public abstract Task Completion { get; }

    /// <summary>Runs on the activation's scheduler, to the end of the call.</summary>
    public abstract Task RunAsync(object grain);

    public abstract void Fail(Exception exception);

    protected Task Invoke(object grain) => (Task)method.Invoker.Invoke(grain, arguments)!;
}

internal sealed class VoidCall(GrainMethod method, object?[] arguments) : GrainCall(method, arguments)
{
    private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Task Completion => completion.Task;

    public override void Fail(Exception exception) => completion.TrySetException(exception);

    public override async Task RunAsync(object grain)
    {
        await Invoke(grain);
        completion.TrySetResult();
    }
}

internal sealed class ResultCall<T>(GrainMethod method, object?[] arguments) : GrainCall(method, arguments)
{
    private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Task Completion => completion.Task;

    public override void Fail(Exception exception) => completion.TrySetException(exception);

    public override async Task RunAsync(object grain) => completion.TrySetResult(await (Task<T>)Invoke(grain));
}
