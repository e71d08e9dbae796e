namespace ControlPlane.Xds.Grpc;

/// <summary>The status codes of gRPC that are used here.</summary>
internal enum GrpcCode
{
    Ok = 0,
    InvalidArgument = 3,
    ResourceExhausted = 8,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
}
