using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using ControlPlane.Xds.Grpc;
using ControlPlane.Xds.Subscriptions;
using ControlPlane.Xds.Wire;

namespace ControlPlane.Xds.Streams;

/// <summary>
/// One stream of a client. All of its state belongs to its turns: requests, publications and the transport only wake it. In a turn it reads
/// what has come, follows the sets, and writes what the transport takes.
/// </summary>
internal sealed class AdsStream : StreamTurns, IResourceObserver, IDisposable
{
    private readonly XdsMethod method;
    private readonly StreamServices services;
    private readonly StreamIo io;
    private readonly StreamAlarm alarm;
    private readonly StreamTypes types;
    private readonly DiscoveryRequest request = new();
    private readonly ConcurrentQueue<TaskCompletionSource<ProxyStatus?>> questions = new();
    private readonly TaskCompletionSource<GrpcStatus?> end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string remote;
    private readonly StreamCredentials credentials;
    private readonly DateTimeOffset connectedAt;
    private StreamProxy? proxy;
    private volatile GrpcStatus? stop;
    private GrpcStatus? ending;
    private long endingSince;
    private bool isLost;
    private volatile bool hasEnded;

    public AdsStream(XdsMethod method, StreamServices services, PipeReader input, PipeWriter output, string remote, StreamCredentials credentials)
    {
        this.method = method;
        this.services = services;
        this.remote = remote;
        this.credentials = credentials;
        connectedAt = services.Time.GetUtcNow();
        alarm = new StreamAlarm(services.Time, Wake);
        var writer = new ResponseWriter(method.IsDelta, services.Options.Identifier, services.Options.MaxResponseBytes);
        io = new StreamIo(input, output, writer, WakeHere);
        types = new StreamTypes(method, services, alarm.SetIn, this);
    }

    /// <summary>Serves the client until the stream ends.</summary>
    /// <returns>The status that it ends with. Null: it can only be broken off.</returns>
    public Task<GrpcStatus?> RunAsync()
    {
        Wake();
        return end.Task;
    }

    /// <summary>Ends the stream, after a response if one is due.</summary>
    public void Stop(GrpcStatus status)
    {
        stop ??= status;
        Wake();
    }

    /// <summary>The state of the stream after its next turn; null: it has ended, or has not said yet who it is.</summary>
    public Task<ProxyStatus?> AskAsync()
    {
        var question = new TaskCompletionSource<ProxyStatus?>(TaskCreationOptions.RunContinuationsAsynchronously);
        questions.Enqueue(question);
        Wake();
        if (hasEnded)
        {
            question.TrySetResult(null);
        }
        return question.Task;
    }

    void IResourceObserver.OnPublished() => Wake();

    public void Dispose() => alarm.Dispose();

    protected override bool Turn()
    {
        try
        {
            if (ending is null)
            {
                Read();
            }
            if (ending is null)
            {
                types.Follow();
                Write();
                Answer();
            }
            if (ending is null && stop is not null)
            {
                TryStop();
            }
        }
        catch (GrpcException e)
        {
            End(e.Status);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            // The client is gone.
            isLost = true;
            End(GrpcStatus.Ok);
        }
        catch (Exception e)
        {
            StreamLog.Failed(services.Logger, e, proxy?.Node.Id ?? "", remote);
            End(new GrpcStatus(GrpcCode.Internal, "internal error"));
        }
        return ending is null || !TryEnd();
    }

    private void Read()
    {
        while (ending is null && io.TryRead(out ReadResult result))
        {
            ReadOnlySequence<byte> rest = result.Buffer;
            while (ending is null && GrpcMessages.TryRead(ref rest, services.Options.MaxRequestBytes, out ReadOnlySequence<byte> message))
            {
                Receive(message);
            }
            io.Consumed(rest);
            if (result.IsCompleted && ending is null)
            {
                End(rest.IsEmpty ? GrpcStatus.Ok : GrpcStatus.Invalid("the stream ended within a message"));
            }
        }
    }

    private void Receive(ReadOnlySequence<byte> message)
    {
        request.Clear();
        if (message.IsSingleSegment)
        {
            Parse(message.FirstSpan);
        }
        else
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent((int)message.Length);
            message.CopyTo(buffer);
            try
            {
                Parse(buffer.AsSpan(0, (int)message.Length));
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
        if (proxy is null && !TryAdmit())
        {
            return;
        }
        types.Receive(request, proxy!);
    }

    private void Parse(ReadOnlySpan<byte> message)
    {
        if (method.IsDelta)
        {
            DiscoveryRequestReader.ReadDelta(message, proxy is null, request);
        }
        else
        {
            DiscoveryRequestReader.ReadSotw(message, proxy is null, request);
        }
    }

    private bool TryAdmit()
    {
        if (request.Node is not { } node)
        {
            End(GrpcStatus.Invalid("the first request of a stream must have a node"));
            return false;
        }
        AdmissionResult result = services.Admission.Admit(node, credentials);
        if (result.Resources is { } resources)
        {
            proxy = new StreamProxy(node, result.Kind, resources);
            proxy.Expired = resources.Expired.UnsafeRegister(
                static state => ((AdsStream)state!).Stop(GrpcStatus.Unavailable("the proxy is to be admitted anew")), this);
            StreamLog.Admitted(services.Logger, node.Id, result.Kind, remote);
            return true;
        }
        if (result.IsFinal)
        {
            services.Registry.Refused(new RefusedProxy(node.Id, node.Cluster, remote, result.Message, services.Time.GetUtcNow()));
            services.Metrics.Refusals.Add(1);
            StreamLog.Refused(services.Logger, node.Id, remote, result.Message);
        }
        else
        {
            StreamLog.TooEarly(services.Logger, node.Id, remote, result.Message);
        }
        End(result.IsFinal ? GrpcStatus.Invalid(result.Message) : GrpcStatus.Unavailable(result.Message));
        return false;
    }

    private void Write()
    {
        while (io.TryAdvance(isIdle: false))
        {
            if (types.Next() is not { } response)
            {
                io.TryAdvance(isIdle: true);
                return;
            }
            int size = io.Begin(response);
            services.Metrics.Responses.Add(1);
            services.Metrics.Resources.Add(response.Resources.Count + response.Removed.Count);
            services.Metrics.Bytes.Add(size);
        }
    }

    private void Answer()
    {
        while (questions.TryDequeue(out TaskCompletionSource<ProxyStatus?>? question))
        {
            question.TrySetResult(proxy is null ? null : types.Describe(proxy, remote, connectedAt));
        }
    }

    private void TryStop()
    {
        if (endingSince == 0)
        {
            endingSince = services.Time.GetTimestamp();
        }
        // A client that got nothing from this stream would take it for a failure to connect.
        TimeSpan left = services.Options.EndGrace - services.Time.GetElapsedTime(endingSince);
        if (!types.HasSent && left > TimeSpan.Zero)
        {
            alarm.SetIn(left);
            return;
        }
        endingSince = 0;
        End(stop!);
    }

    private void End(GrpcStatus status)
    {
        ending = status;
        endingSince = services.Time.GetTimestamp();
    }

    private bool TryEnd()
    {
        try
        {
            if (!isLost && !io.TryAdvance(isIdle: true))
            {
                TimeSpan left = services.Options.EndGrace - services.Time.GetElapsedTime(endingSince);
                if (left > TimeSpan.Zero)
                {
                    alarm.SetIn(left);
                    return false;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            isLost = true;
        }
        io.Cancel();
        if (!io.HasEnded())
        {
            return false;
        }
        hasEnded = true;
        types.Dispose();
        Release();
        while (questions.TryDequeue(out TaskCompletionSource<ProxyStatus?>? question))
        {
            question.TrySetResult(null);
        }
        end.TrySetResult(isLost || io.IsWriting ? null : ending);
        return true;
    }

    private void Release()
    {
        try
        {
            proxy?.Release();
        }
        catch (Exception e)
        {
            StreamLog.Failed(services.Logger, e, proxy?.Node.Id ?? "", remote);
        }
    }
}
