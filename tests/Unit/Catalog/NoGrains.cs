using System.Reflection;

namespace ControlPlane.Tests.Unit.Catalog;

/// <summary>Makes a factory whose grains never answer: every call of one fails.</summary>
public class NoGrains : DispatchProxy
{
    public static IGrainFactory Factory => Create<IGrainFactory, NoGrains>();

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => null;
}
