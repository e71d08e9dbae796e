using System.Text;
using ControlPlane.Adapters;

namespace ControlPlane.Tests.Unit.Instances;

public sealed class LineReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100_000)]
    public async Task NextAsync_AnyPieces_GivesWholeLines(int piece)
    {
        string[] lines = ["first", "", new string('x', 300_000), "last"];
        await using var stream = new PieceStream(Encoding.UTF8.GetBytes(string.Join('\n', lines) + "\nbroken of"), piece);
        using var reader = new LineReader(stream);
        var found = new List<string>();

        while (await reader.NextAsync(CancellationToken.None) is { } line)
        {
            found.Add(Encoding.UTF8.GetString(line.Span));
        }

        found.ShouldBe(lines);
    }

    private sealed class PieceStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, piece)], cancellationToken);
    }
}
