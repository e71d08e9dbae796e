namespace ControlPlane.Silo.Agent.Checks;

/// <summary>Finds out whether a workload of this machine serves.</summary>
internal interface IHealthCheck
{
    /// <summary>Null: it does; else why not, in words.</summary>
    /// <exception cref="OperationCanceledException">There was no answer in time.</exception>
    Task<string?> RunAsync(CancellationToken cancellationToken);
}
