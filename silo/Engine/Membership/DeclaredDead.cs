#if ORLEANS
using ControlPlane.Silo.Commands;
using Orleans.Runtime;

namespace ControlPlane.Silo.Engine.Membership;

/// <summary>
/// A silo that the others have declared dead ends its process at once: its grains are theirs now. A supervisor starts it again, as a new one; until then proxies go on
/// with the other addresses that they have.
/// </summary>
internal sealed class DeclaredDead : IFatalErrorHandler
{
    /// <inheritdoc/>
    public bool IsUnexpected(Exception exception) => true;

    /// <inheritdoc/>
    public void OnFatalException(object? sender = null, string? context = null, Exception? exception = null)
    {
        // What follows is the whole table, on one line.
        string reason = (context ?? "no reason is known").Split(" Membership:")[0];
        Terminal.Fail($"this process is no longer one of its region, and ends so that it can be started again: {reason}{(exception is null ? "" : $": {exception.Message}")}");
        Environment.Exit(1);
    }
}
#endif
