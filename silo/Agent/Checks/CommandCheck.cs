using System.ComponentModel;
using System.Diagnostics;

namespace ControlPlane.Silo.Agent.Checks;

/// <summary>A program that ends with 0. It is ended when it takes too long.</summary>
internal sealed class CommandCheck(IReadOnlyList<string> command) : IHealthCheck
{
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        using var process = new Process { StartInfo = new ProcessStartInfo(command[0], command.Skip(1)) };
        try
        {
            process.Start();
        }
        catch (Win32Exception error)
        {
            return $"{command[0]}: {error.Message}";
        }
        try
        {
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? null : $"{command[0]} ends with {process.ExitCode}";
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }
}
