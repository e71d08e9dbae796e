using System.Buffers;
using System.IO.Pipelines;
using ControlPlane.Xds.Wire;

namespace ControlPlane.Xds.Streams;

/// <summary>
/// Both directions of a call, without waiting: one read and one flush may be under way, and each wakes the stream when it is done. Used by
/// the stream's turn alone.
/// </summary>
internal sealed class StreamIo(PipeReader input, PipeWriter output, ResponseWriter writer, Action wake)
{
    // What is buffered for a client that does not read: this, the largest resource, and what the transport holds.
    private const int Budget = 32 << 10;
    private ValueTask<ReadResult> reading;
    private ValueTask<FlushResult> flushing;
    private int unflushed;

    public bool IsReading { get; private set; }

    public bool IsFlushing { get; private set; }

    public bool IsWriting => writer.IsWriting;

    /// <summary>What has come in, or false: nothing yet.</summary>
    public bool TryRead(out ReadResult result)
    {
        result = default;
        bool isNew = !IsReading;
        if (isNew)
        {
#pragma warning disable CA2012 // It is looked at in a later turn, and its result taken once.
            reading = input.ReadAsync();
#pragma warning restore CA2012
            IsReading = true;
        }
        if (!reading.IsCompleted)
        {
            if (isNew)
            {
                reading.GetAwaiter().UnsafeOnCompleted(wake);
            }
            return false;
        }
        IsReading = false;
        result = reading.GetAwaiter().GetResult();
        return true;
    }

    public void Consumed(ReadOnlySequence<byte> rest) => input.AdvanceTo(rest.Start, rest.End);

    /// <summary>Begins to write a response; the size of its message.</summary>
    public int Begin(Response response)
    {
        int size = writer.Begin(response, output);
        unflushed += Budget / 64;
        return size;
    }

    /// <summary>Goes on writing and flushing. False: the transport does not take more now.</summary>
    /// <param name="isIdle">Nothing else is to be written now.</param>
    public bool TryAdvance(bool isIdle)
    {
        while (true)
        {
            if (IsFlushing)
            {
                if (!flushing.IsCompleted)
                {
                    return false;
                }
                IsFlushing = false;
                flushing.GetAwaiter().GetResult();
            }
            if (unflushed >= Budget || (isIdle && !writer.IsWriting && unflushed > 0))
            {
                Flush();
            }
            else if (writer.IsWriting)
            {
                unflushed += writer.Continue(output, Budget - unflushed);
            }
            else
            {
                return true;
            }
        }
    }

    /// <summary>Ends what is under way; each wakes the stream when it has ended.</summary>
    public void Cancel()
    {
        if (IsReading)
        {
            input.CancelPendingRead();
        }
        if (IsFlushing)
        {
            output.CancelPendingFlush();
        }
    }

    /// <summary>Whether nothing is under way any more.</summary>
    public bool HasEnded()
    {
        IsReading = IsReading && !reading.IsCompleted;
        IsFlushing = IsFlushing && !flushing.IsCompleted;
        return !IsReading && !IsFlushing;
    }

    private void Flush()
    {
        unflushed = 0;
#pragma warning disable CA2012 // As above.
        flushing = output.FlushAsync();
#pragma warning restore CA2012
        IsFlushing = true;
        if (!flushing.IsCompleted)
        {
            flushing.GetAwaiter().UnsafeOnCompleted(wake);
        }
    }
}
