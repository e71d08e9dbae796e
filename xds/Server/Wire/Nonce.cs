using System.Buffers.Text;
using System.Text;

namespace ControlPlane.Xds.Wire;

/// <summary>
/// The nonce of a response: a random number of the stream, so that it means nothing on any other, and the count of the responses.
/// </summary>
internal readonly record struct Nonce(ulong Value)
{
    /// <summary>As text.</summary>
    public const int Size = 16;

    /// <summary>There is none.</summary>
    public static readonly Nonce None;

    /// <summary>It is not one of ours.</summary>
    public static readonly Nonce Foreign = new(ulong.MaxValue);

    public bool IsNone => Value == 0;

    public static Nonce Parse(ReadOnlySpan<byte> text) =>
        text.IsEmpty ? None
        : text.Length == Size && Utf8Parser.TryParse(text, out ulong value, out int used, 'x') && used == Size ? new Nonce(value)
        : Foreign;

    public void WriteTo(Span<byte> text) => Utf8Formatter.TryFormat(Value, text, out _, new System.Buffers.StandardFormat('x', Size));

    public override string ToString()
    {
        Span<byte> text = stackalloc byte[Size];
        WriteTo(text);
        return Encoding.ASCII.GetString(text);
    }
}
