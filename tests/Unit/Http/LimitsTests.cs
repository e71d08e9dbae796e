using System.Text;
using ControlPlane.Adapters;

namespace ControlPlane.Tests.Unit.Http;

/// <summary>What is longer than anything that is expected fails, before it fills the memory.</summary>
public sealed class LimitsTests
{
    [Fact]
    public async Task Body_LongerThanItsLimit_Fails()
    {
        await using var stream = new LimitedStream(new MemoryStream(new byte[101]), 100);
        byte[] buffer = new byte[60];
        await stream.ReadExactlyAsync(buffer);

        (await Should.ThrowAsync<IOException>(async () => await stream.ReadExactlyAsync(buffer))).Message.ShouldBe("it is longer than 100 bytes");
    }

    [Fact]
    public async Task Body_AsLongAsItsLimit_IsRead()
    {
        await using var stream = new LimitedStream(new MemoryStream(new byte[100]), 100);
        using var copy = new MemoryStream();

        await stream.CopyToAsync(copy);

        copy.Length.ShouldBe(100);
    }

    [Fact]
    public async Task Line_LongerThanItsLimit_Fails()
    {
        await using var stream = new MemoryStream(Encoding.UTF8.GetBytes("short\n" + new string('x', 1_000_000)));
        using var lines = new LineReader(stream, longest: 200_000);
        (await lines.NextAsync(CancellationToken.None))!.Value.Length.ShouldBe(5);

        (await Should.ThrowAsync<IOException>(async () => await lines.NextAsync(CancellationToken.None))).Message.ShouldBe("a line is longer than 200000 bytes");
    }

    [Theory]
    [InlineData("a\nb\n", false)]
    [InlineData("a\nb", true)]
    public async Task Rest_IsWhatHasNoEnd(string text, bool hasRest)
    {
        await using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        using var lines = new LineReader(stream);
        while (await lines.NextAsync(CancellationToken.None) is not null)
        {
        }

        lines.HasRest.ShouldBe(hasRest);
    }
}
