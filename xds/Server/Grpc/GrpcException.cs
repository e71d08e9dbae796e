namespace ControlPlane.Xds.Grpc;

/// <summary>What a client sent ends its call.</summary>
internal sealed class GrpcException(GrpcStatus status) : Exception(status.Message)
{
    public GrpcStatus Status => status;

    public static GrpcException Malformed(string what) => new(GrpcStatus.Invalid($"malformed message: {what}"));
}
