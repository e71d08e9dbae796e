using ControlPlane.Adapters.Aws.Budget;
using ControlPlane.Adapters.CloudFoundry;
using ControlPlane.Adapters.CloudMap;
using ControlPlane.Adapters.Consul;
using ControlPlane.Adapters.Ec2;
using ControlPlane.Adapters.Ecs;
using ControlPlane.Adapters.Http;
using ControlPlane.Adapters.Kubernetes;
using ControlPlane.Adapters.Lambda;
using ControlPlane.Adapters.Regions;
using ControlPlane.Adapters.Sources;

namespace ControlPlane.Silo.Hosting;

/// <summary>The kinds of registries that <c>Source</c> objects may name: one line each.</summary>
internal static class SourceRegistration
{
    public static IServiceCollection AddSourceTypes(this IServiceCollection services) => services
        .AddSingleton<ISourceType, KubernetesSourceType>()
        .AddSingleton<ISourceType, ConsulSourceType>()
        .AddSingleton<ISourceType, HttpSourceType>()
        .AddSingleton<AwsBudgets>()
        .AddSingleton<ISourceType, EcsSourceType>()
        .AddSingleton<ISourceType, Ec2SourceType>()
        .AddSingleton<ISourceType, LambdaSourceType>()
        .AddSingleton<ISourceType, CloudMapSourceType>()
        .AddSingleton<ISourceType, CloudFoundrySourceType>()
        .AddSingleton<RegionSourceType>()
        .AddSingleton<ISourceType>(provider => provider.GetRequiredService<RegionSourceType>())
        .AddSingleton<SourceTypes>();

    /// <summary>All kinds, to check objects with.</summary>
    public static SourceTypes All()
    {
        using ServiceProvider provider = new ServiceCollection().AddSingleton(TimeProvider.System).AddSourceTypes().BuildServiceProvider();
        return provider.GetRequiredService<SourceTypes>();
    }
}
