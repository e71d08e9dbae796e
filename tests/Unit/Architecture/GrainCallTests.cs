using System.Reflection;
using Orleans.Concurrency;

namespace ControlPlane.Tests.Unit.Architecture;

/// <summary>Grains that call each other in a circle wait for each other for ever: read off their code.</summary>
[Trait("Engine", "each")]
public sealed class GrainCallTests
{
    private const byte CallVirtual = 0x6F;
    private const int TokenSize = 4;

    [Fact]
    public void Calls_BetweenGrains_FormNoCycle()
    {
        Dictionary<Type, Type[]> calls = GrainTypes.Classes.ToDictionary(grain => grain, grain => CalledBy(grain).Distinct().ToArray());
        calls.Values.Sum(called => called.Length).ShouldBeGreaterThan(3, "the reader of the code finds no calls");

        foreach (Type grain in calls.Keys)
        {
            Cycle([grain], calls).ShouldBeNull();
        }
    }

    private static string? Cycle(List<Type> path, Dictionary<Type, Type[]> calls)
    {
        foreach (Type next in calls[path[^1]])
        {
            if (path.Contains(next))
            {
                return string.Join(" -> ", path.Append(next).Select(type => type.Name));
            }
            if (Cycle([.. path, next], calls) is { } found)
            {
                return found;
            }
        }
        return null;
    }

    // Reads that interleave wait for nobody, and so are not counted.
    private static IEnumerable<Type> CalledBy(Type grain) =>
        from type in grain.GetNestedTypes(BindingFlags.NonPublic | BindingFlags.Public).Prepend(grain)
        from method in type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        from called in Called(method)
        where GrainTypes.Interfaces.Contains(called.DeclaringType!) && called.GetCustomAttribute<AlwaysInterleaveAttribute>() is null
        select GrainTypes.Classes.Single(other => called.DeclaringType!.IsAssignableFrom(other));

    private static IEnumerable<MethodBase> Called(MethodInfo method)
    {
        byte[] code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (int at = 0; at < code.Length - TokenSize; at++)
        {
            if (code[at] == CallVirtual && Resolve(method, BitConverter.ToInt32(code, at + 1)) is { } called)
            {
                yield return called;
            }
        }
    }

    private static MethodBase? Resolve(MethodInfo caller, int token)
    {
        try
        {
            return caller.Module.ResolveMethod(
                token, caller.DeclaringType!.GetGenericArguments(), caller.IsGenericMethod ? caller.GetGenericArguments() : null);
        }
        catch (Exception notAMethod) when (notAMethod is ArgumentException or BadImageFormatException)
        {
            // The byte was part of something else.
            return null;
        }
    }
}
