using System.IO.Pipelines;
using ControlPlane.Xds.Streams;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ControlPlane.Xds.Grpc;

/// <summary>Serves a call of a discovery service.</summary>
internal sealed class XdsEndpoint(StreamServices services)
{
    private const string ContentType = "application/grpc";

    /// <summary>Whether a request is a call of gRPC.</summary>
    public static bool Serves(HttpRequest request) =>
        HttpProtocol.IsHttp2(request.Protocol) && request.ContentType is { } type && type.StartsWith(ContentType, StringComparison.Ordinal)
        && (type.Length == ContentType.Length || type[ContentType.Length] is '+' or ';');

    public async Task ServeAsync(HttpContext context)
    {
        context.Response.ContentType = ContentType;
        if (Refusal(context.Request, out XdsMethod? method) is { } refusal)
        {
            refusal.WriteTo(context.Response);
            return;
        }
        string remote = $"{context.Connection.RemoteIpAddress}:{context.Connection.RemotePort}";
        using var stream = new AdsStream(method!, services, context.Request.BodyReader, context.Response.BodyWriter, remote, CredentialsOf(context));
        if (!services.Registry.TryAdd(stream))
        {
            services.Registry.Closed!.WriteTo(context.Response);
            return;
        }
        services.Metrics.Streams.Add(1);
        try
        {
            GrpcStatus? status = await stream.RunAsync();
            if (status is null)
            {
                context.Abort();
            }
            else
            {
                status.WriteTo(context.Response);
            }
        }
        finally
        {
            services.Registry.Remove(stream);
            services.Metrics.Streams.Add(-1);
        }
    }

    private static StreamCredentials CredentialsOf(HttpContext context) => StreamCredentials.Of(
        context.Request.Headers.Authorization is [{ } authorization] ? authorization : null, context.Connection.ClientCertificate?.RawData);

    private static GrpcStatus? Refusal(HttpRequest request, out XdsMethod? method)
    {
        method = XdsMethod.At(request.Path);
        if (method is null || !HttpMethods.IsPost(request.Method))
        {
            return new GrpcStatus(GrpcCode.Unimplemented, $"there is no method {request.Path}");
        }
        // The plain subtype and protobuf are the same encoding.
        return request.ContentType is ContentType or $"{ContentType}+proto" || request.ContentType!.StartsWith($"{ContentType};", StringComparison.Ordinal)
            ? null
            : new GrpcStatus(GrpcCode.Unimplemented, $"messages in {request.ContentType} are not supported");
    }
}
