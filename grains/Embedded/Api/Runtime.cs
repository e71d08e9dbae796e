namespace Orleans.Runtime;

/// <summary>Something that can be called by its identity.</summary>
public interface IAddressable;

/// <summary>The identity of a grain: the type of its class, and its key.</summary>
public readonly record struct GrainId(string Type, string Key)
{
    public override string ToString() => $"{Type}/{Key}";
}

/// <summary>When a timer fires.</summary>
public readonly record struct GrainTimerCreationOptions(TimeSpan DueTime, TimeSpan Period)
{
    /// <summary>Whether it may run between the turns of calls.</summary>
    public bool Interleave { get; init; }

    /// <summary>Whether the timer keeps its activation alive.</summary>
    public bool KeepAlive { get; init; }
}

public interface IGrainTimer : IDisposable
{
    void Change(TimeSpan dueTime, TimeSpan period);
}
