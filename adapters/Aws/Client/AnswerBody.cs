using System.Buffers;

namespace ControlPlane.Adapters.Aws.Client;

/// <summary>Reads answers whole, up to a size.</summary>
internal static class AnswerBody
{
    private const int Block = 64 * 1024;

    /// <summary>Null: it is larger.</summary>
    /// <exception cref="HttpRequestException">The connection broke, or the answer is shorter than its length says.</exception>
    public static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > limit)
        {
            return null;
        }
        var body = new ArrayBufferWriter<byte>((int)(content.Headers.ContentLength ?? 0) + 1);
        await using Stream stream = await content.ReadAsStreamAsync(cancellationToken);
        while (true)
        {
            int read = await stream.ReadAsync(body.GetMemory(Block), cancellationToken);
            if (read == 0)
            {
                return body.WrittenMemory;
            }
            body.Advance(read);
            if (body.WrittenCount > limit)
            {
                return null;
            }
        }
    }
}
