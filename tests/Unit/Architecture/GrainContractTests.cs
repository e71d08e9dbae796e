using System.Reflection;
using ControlPlane.Model;

namespace ControlPlane.Tests.Unit.Architecture;

/// <summary>Grain interfaces and what goes over them: the same on every engine, and readable by later versions.</summary>
[Trait("Engine", "each")]
public sealed class GrainContractTests
{
    private static readonly Type[] Plain = [
        typeof(string), typeof(bool), typeof(int), typeof(long), typeof(ulong), typeof(double), typeof(TimeSpan), typeof(DateTimeOffset), typeof(CancellationToken)];

    public static TheoryData<Type> Interfaces() => [.. GrainTypes.Interfaces];

    public static TheoryData<Type> Messages() => [.. GrainTypes.Messages];

    [Theory]
    [MemberData(nameof(Interfaces))]
    public void Interface_HasAliasesForItselfAndItsMethods(Type contract)
    {
        Alias(contract).ShouldNotBeNull();
        contract.GetMethods().Where(method => Alias(method) is null).ShouldBeEmpty();
        contract.GetMethods().GroupBy(Alias).Where(same => same.Count() > 1).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Interfaces))]
    public void Methods_ReturnTasksAndTakeAtMostOneCancellationTokenLast(Type contract)
    {
        foreach (MethodInfo method in contract.GetMethods())
        {
            method.IsGenericMethod.ShouldBeFalse(method.Name);
            typeof(Task).IsAssignableFrom(method.ReturnType).ShouldBeTrue(method.Name);
            int[] tokens = [.. method.GetParameters().Where(parameter => parameter.ParameterType == typeof(CancellationToken)).Select(parameter => parameter.Position)];
            tokens.ShouldBeSubsetOf([method.GetParameters().Length - 1]);
        }
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void Message_IsImmutableAndSerializable(Type message)
    {
        if (message.IsEnum || Plain.Contains(message))
        {
            return;
        }
        message.GetCustomAttribute<GenerateSerializerAttribute>().ShouldNotBeNull();
        message.GetCustomAttribute<ImmutableAttribute>().ShouldNotBeNull();
        Alias(message).ShouldNotBeNull();
        if (message == typeof(ValueList<>))
        {
            return;
        }
        foreach (PropertyInfo property in message.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly))
        {
            if (property.GetMethod!.IsAbstract || property.SetMethod is null)
            {
                continue;
            }
            property.GetCustomAttribute<IdAttribute>().ShouldNotBeNull($"{message.Name}.{property.Name}");
            property.SetMethod.ReturnParameter.GetRequiredCustomModifiers().ShouldContain(
                typeof(System.Runtime.CompilerServices.IsExternalInit), $"{message.Name}.{property.Name} can be set");
        }
    }

    [Fact]
    public void Aliases_AreUnique() =>
        GrainTypes.Interfaces.Concat(GrainTypes.Messages).Select(Alias).OfType<string>().GroupBy(alias => alias).Where(same => same.Count() > 1).ShouldBeEmpty();

    [Fact]
    public void GrainClasses_HaveTypesAndAreSealed()
    {
        Type[] classes = [.. GrainTypes.Classes];

        classes.ShouldNotBeEmpty();
        classes.Where(grain => grain.GetCustomAttribute<GrainTypeAttribute>() is null || !grain.IsSealed).ShouldBeEmpty();
    }

    // The attribute is the same on both engines, its property is not read by all of them.
    private static string? Alias(MemberInfo member) =>
        member.CustomAttributes.FirstOrDefault(attribute => attribute.AttributeType == typeof(AliasAttribute))?.ConstructorArguments[0].Value as string;
}
