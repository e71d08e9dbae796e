using System.Reflection;
using ControlPlane.Grains.Catalog;
using ControlPlane.Model;

namespace ControlPlane.Tests.Unit.Architecture;

/// <summary>The product's grain classes and interfaces, and every type that goes over the interfaces.</summary>
internal static class GrainTypes
{
    private static readonly Assembly Grains = typeof(ICatalogGrain).Assembly;

    public static IReadOnlyList<Type> Interfaces { get; } =
        [.. Grains.GetTypes().Where(type => type.IsInterface && typeof(IGrainWithStringKey).IsAssignableFrom(type))];

    public static IReadOnlyList<Type> Classes { get; } = [.. Grains.GetTypes().Where(type => type.IsSubclassOf(typeof(Grain)) && !type.IsAbstract)];

    public static IReadOnlyList<Type> Messages { get; } = [.. Walk().OrderBy(type => type.Name, StringComparer.Ordinal)];

    private static HashSet<Type> Walk()
    {
        var found = new HashSet<Type>();
        void Visit(Type type)
        {
            if (Nullable.GetUnderlyingType(type) is { } inner)
            {
                Visit(inner);
            }
            else if (type.IsGenericType)
            {
                if (type.GetGenericTypeDefinition() == typeof(ValueList<>))
                {
                    found.Add(typeof(ValueList<>));
                }
                foreach (Type argument in type.GetGenericArguments())
                {
                    Visit(argument);
                }
            }
            else if (type.Namespace?.StartsWith("ControlPlane", StringComparison.Ordinal) != true)
            {
                found.Add(type);
            }
            else if (found.Add(type) && !type.IsEnum)
            {
                foreach (PropertyInfo property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(property => property.SetMethod is not null))
                {
                    Visit(property.PropertyType);
                }
                foreach (Type derived in type.Assembly.GetTypes().Where(other => other.BaseType == type))
                {
                    Visit(derived);
                }
            }
        }
        foreach (MethodInfo method in Interfaces.SelectMany(contract => contract.GetMethods()))
        {
            foreach (ParameterInfo parameter in method.GetParameters())
            {
                Visit(parameter.ParameterType);
            }
            foreach (Type answer in method.ReturnType.GetGenericArguments())
            {
                Visit(answer);
            }
        }
        return found;
    }
}
