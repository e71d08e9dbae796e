using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace ControlPlane.Tests.Unit.Engine;

/// <summary>
/// The part of the Orleans API that grains may use is written down in <c>OrleansApi.txt</c>. The embedded engine has exactly that, so that grain
/// code which compiles on it uses nothing else; and Orleans has all of it.
/// </summary>
[Trait("Engine", "each")]
public sealed class OrleansApiTests
{
    private static string[] Written { get; } = File.ReadAllLines(Path.Combine(Peer.Root, "tests", "Unit", "Engine", "OrleansApi.txt"));

#if ORLEANS
    private static readonly Assembly[] Assemblies = [
        typeof(Grain).Assembly, typeof(Orleans.Runtime.GrainId).Assembly, typeof(GenerateSerializerAttribute).Assembly, typeof(Orleans.Storage.IGrainStorage).Assembly,
        typeof(Orleans.Concurrency.AlwaysInterleaveAttribute).Assembly, typeof(Orleans.Runtime.IPersistentState<>).Assembly];

    [Fact]
    public void Orleans_HasEverythingThatIsWritten()
    {
        Dictionary<string, HashSet<string>> members = Assemblies.Distinct().SelectMany(assembly => assembly.GetExportedTypes()).DistinctBy(type => type.FullName)
            .ToDictionary(type => type.FullName!, type => type.GetInterfaces().Prepend(type).SelectMany(part => part.GetMembers(All)).Select(member => member.Name).ToHashSet());

        foreach (string line in Written.Where(line => line.Length > 0))
        {
            string type = line.Split(' ')[0];
            members.ShouldContainKey(type);
            if (line.Split(' ') is [_, var member, ..])
            {
                members[type].ShouldContain(member, line);
            }
        }
    }
#else
    [Fact]
    public void Embedded_HasExactlyWhatIsWritten()
    {
        string[] there = [.. typeof(Grain).Assembly.GetExportedTypes().Where(type => type.Namespace!.StartsWith("Orleans", StringComparison.Ordinal))
            .SelectMany(Describe).Distinct().Order(StringComparer.Ordinal)];

        there.Except(Written).ShouldBeEmpty();
        Written.Except(there).ShouldBeEmpty();
    }

    private static IEnumerable<string> Describe(Type type)
    {
        yield return type.FullName!;
        foreach (MemberInfo member in type.GetMembers(All | BindingFlags.DeclaredOnly))
        {
            bool isPlumbing = member is MethodBase method && (method.IsPrivate || method.IsAssembly || method.IsSpecialName)
                || member is FieldInfo { IsPublic: false } or PropertyInfo { GetMethod.IsPublic: false } or ConstructorInfo
                || member.GetCustomAttribute<CompilerGeneratedAttribute>() is not null
                || member.Name is "ToString" or "Equals" or "GetHashCode" or "Deconstruct" or "PrintMembers" or "value__" || member.Name.Contains('.', StringComparison.Ordinal)
                || member.Name.Contains('<', StringComparison.Ordinal);
            if (!isPlumbing)
            {
                yield return new StringBuilder(type.FullName).Append(' ').Append(member.Name).ToString();
            }
        }
    }
#endif

    private const BindingFlags All = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
}
