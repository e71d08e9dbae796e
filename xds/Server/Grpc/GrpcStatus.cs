using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace ControlPlane.Xds.Grpc;

/// <summary>How a call ends.</summary>
internal sealed record GrpcStatus(GrpcCode Code, string Message)
{
    public static readonly GrpcStatus Ok = new(GrpcCode.Ok, "");

    public static GrpcStatus Invalid(string message) => new(GrpcCode.InvalidArgument, message);

    public static GrpcStatus Unavailable(string message) => new(GrpcCode.Unavailable, message);

    /// <summary>As trailers, or as the only headers where nothing was sent yet.</summary>
    public void WriteTo(HttpResponse response)
    {
        string code = ((int)Code).ToString(CultureInfo.InvariantCulture);
        if (!response.HasStarted)
        {
            response.Headers["grpc-status"] = code;
            if (Message.Length > 0)
            {
                response.Headers["grpc-message"] = Encode(Message);
            }
            return;
        }
        response.AppendTrailer("grpc-status", code);
        if (Message.Length > 0)
        {
            response.AppendTrailer("grpc-message", Encode(Message));
        }
    }

    /// <summary>UTF-8, percent-encoded but for printable ASCII without the percent sign (gRPC over HTTP/2, Status-Message).</summary>
    internal static string Encode(string message)
    {
        var encoded = new StringBuilder(message.Length);
        foreach (byte value in Encoding.UTF8.GetBytes(message))
        {
            if (value is >= 0x20 and <= 0x7E and not (byte)'%')
            {
                encoded.Append((char)value);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
            }
        }
        return encoded.ToString();
    }
}
