using System.Reflection;
using Orleans.Runtime;

namespace ControlPlane.Embedded;

/// <summary>A reference to a grain: turns calls of its interface into calls of an activation.</summary>
public class GrainProxy : DispatchProxy, IAddressable
{
    private GrainRuntime runtime = null!;
    private Type implementation = null!;

    internal string Key { get; private set; } = "";

    internal static object Make(Type contract, GrainRuntime runtime, Type implementation, string key)
    {
        var proxy = (GrainProxy)Create(contract, typeof(GrainProxy));
        proxy.runtime = runtime;
        proxy.implementation = implementation;
        proxy.Key = key;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        runtime.Call(implementation, Key, GrainMethod.Of(targetMethod!), args ?? []);
}
