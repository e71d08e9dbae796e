using System.Buffers;

namespace ControlPlane.Adapters;

/// <summary>Reads a body line by line, without making text of it.</summary>
/// <param name="longest">The longest line that is read, in bytes.</param>
public sealed class LineReader(Stream stream, int longest = 256 * 1024 * 1024) : IDisposable
{
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
    private int start;
    private int end;

    /// <summary>Whether there is something after the last line that has ended.</summary>
    public bool HasRest => end > start;

    /// <summary>The next line, valid until the next call; null at the end. A last line without an end is not one: the connection broke.</summary>
    /// <exception cref="IOException">The connection broke, or a line is too long.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancellationToken)
    {
        int searched = start;
        while (true)
        {
            int index = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (index >= 0)
            {
                ReadOnlyMemory<byte> line = buffer.AsMemory(start, searched + index - start);
                start = searched + index + 1;
                return line;
            }
            if (end - start > longest)
            {
                throw new IOException($"a line is longer than {longest} bytes");
            }
            searched = MakeRoom();
            int read = await stream.ReadAsync(buffer.AsMemory(end), cancellationToken);
            if (read == 0)
            {
                return null;
            }
            end += read;
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);

    /// <summary>Moves what is unread to the front, into a larger buffer where it fills this one.</summary>
    /// <returns>Where the search goes on.</returns>
    private int MakeRoom()
    {
        int unread = end - start;
        byte[] target = unread > buffer.Length / 2 ? ArrayPool<byte>.Shared.Rent(buffer.Length * 2) : buffer;
        Buffer.BlockCopy(buffer, start, target, 0, unread);
        if (!ReferenceEquals(target, buffer))
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = target;
        }
        start = 0;
        end = unread;
        return unread;
    }
}
