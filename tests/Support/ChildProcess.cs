using System.Collections.Concurrent;
using System.Diagnostics;

namespace ControlPlane.Tests.Support;

/// <summary>A program that a test starts, and that ends with it.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();

    private ChildProcess(Process process) => this.process = process;

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    /// <summary>What it has printed so far, both streams, a line each.</summary>
    public string Output => string.Join('\n', lines);

    public static ChildProcess Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            start.Environment[name] = value;
        }
        var process = new Process { StartInfo = start };
        var child = new ChildProcess(process);
        process.OutputDataReceived += (_, line) => child.Add(line.Data);
        process.ErrorDataReceived += (_, line) => child.Add(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs to its end.</summary>
    public static async Task<ChildProcess> RunAsync(
        string program, IEnumerable<string> arguments, TimeSpan? within = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        ChildProcess child = Start(program, arguments, environment);
        await child.WaitForExitAsync(within ?? TimeSpan.FromMinutes(1));
        return child;
    }

    /// <summary>SIGKILL.</summary>
    public void Kill() => process.Kill(entireProcessTree: false);

    /// <summary>Sends a signal by name: TERM, STOP, CONT, HUP.</summary>
    public void Signal(string name)
    {
        using Process kill = Process.Start("kill", ["-s", name, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async Task WaitForExitAsync(TimeSpan within)
    {
        using var deadline = new CancellationTokenSource(within);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{process.StartInfo.FileName} did not exit within {within.TotalSeconds} s; it printed: {Output}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }
        process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is not null)
        {
            lines.Enqueue(line);
        }
    }
}
