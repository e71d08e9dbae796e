using ControlPlane.Xds;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;

namespace ControlPlane.Tests.Unit.Resources;

/// <summary>What a resource's bytes say.</summary>
internal static class Decoded
{
    public static T As<T>(this Resource resource) where T : IMessage<T>, new()
    {
        var input = new CodedInputStream(resource.Sotw.ToArray());
        input.ReadTag();
        var any = new Any();
        input.ReadMessage(any);
        any.TypeUrl.ShouldBe(resource.TypeUrl);
        return any.Unpack<T>();
    }
}
