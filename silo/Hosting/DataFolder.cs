namespace ControlPlane.Silo.Hosting;

/// <summary>The folder of this process's state: nobody else's while it runs.</summary>
internal sealed class DataFolder : IDisposable
{
    private readonly FileStream held;

    private DataFolder(FileStream held) => this.held = held;

    /// <summary>Takes it. The system gives it back when the process ends, in whatever way.</summary>
    /// <exception cref="IOException">It cannot be made or written, or another process has it.</exception>
    public static DataFolder Take(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"the state folder {path} cannot be made: {exception.Message} Name another with --data.", exception);
        }
        try
        {
            return new DataFolder(new FileStream(Path.Combine(path, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"the state folder {path} is in use by another control plane, or cannot be written ({exception.Message}): end that one, or name another with --data.", exception);
        }
    }

    public void Dispose() => held.Dispose();
}
