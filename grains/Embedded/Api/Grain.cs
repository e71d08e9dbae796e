using ControlPlane.Embedded;
using Orleans.Runtime;

namespace Orleans;

/// <summary>The base of every grain class. One turn at a time runs in an activation.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    private readonly Activation activation = Activation.BeingMade;

    Activation IGrainBase.Activation => activation;

    /// <summary>Called before the first call is let in. When it throws, callers get the exception and there is no activation.</summary>
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Called when an activation ends in good order; never after a crash.</summary>
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends this activation when the calls that it has are done. The next call makes a new one.</summary>
    protected void DeactivateOnIdle() => activation.DeactivateOnIdle(new DeactivationReason(DeactivationReasonCode.ApplicationRequested, "asked by the grain"));
}

/// <summary>Something that has a grain's identity.</summary>
public interface IGrainBase
{
    internal Activation Activation { get; }
}

/// <summary>The base of every grain interface.</summary>
public interface IGrain : IAddressable;

/// <summary>A grain that is named by a text.</summary>
public interface IGrainWithStringKey : IGrain;

/// <summary>Gives references to grains. A grain exists always; its activation is made by the first call.</summary>
public interface IGrainFactory
{
    TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey;
}

public static class GrainExtensions
{
    /// <summary>The key of this grain, or of the grain that a reference means.</summary>
    public static string GetPrimaryKeyString(this IAddressable grain) => grain switch
    {
        IGrainBase self => self.Activation.Key,
        GrainProxy proxy => proxy.Key,
        _ => throw new ArgumentException("neither a grain nor a reference to one", nameof(grain)),
    };
}

public static class GrainBaseExtensions
{
    /// <summary>Runs a callback as a turn of this activation, until the timer is disposed or the activation ends.</summary>
    public static IGrainTimer RegisterGrainTimer(this IGrainBase grain, Func<CancellationToken, Task> callback, GrainTimerCreationOptions options) =>
        grain.Activation.StartTimer(callback, options);
}

/// <summary>Why an activation ends.</summary>
public readonly record struct DeactivationReason(DeactivationReasonCode ReasonCode, string Description);

public enum DeactivationReasonCode
{
    None,
    ApplicationRequested,
    ApplicationError,
    ShuttingDown,
}
