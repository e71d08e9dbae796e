namespace ControlPlane.Silo.Hosting;

/// <summary>Why the process ends though nobody has told it to.</summary>
internal sealed class ProcessEnd(IHostApplicationLifetime lifetime)
{
    private volatile string? reason;

    /// <summary>Null: it does not, or somebody has told it to.</summary>
    public string? Reason => reason;

    /// <summary>Ends it in good order. The first reason counts.</summary>
    public void Because(string why)
    {
        reason ??= why;
        lifetime.StopApplication();
    }
}
