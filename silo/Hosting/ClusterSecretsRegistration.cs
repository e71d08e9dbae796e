using ControlPlane.Adapters.Kubernetes.Secrets;
using ControlPlane.Adapters.Sources;

namespace ControlPlane.Silo.Hosting;

/// <summary>The clusters that labelled Secrets name, where the command line asks for them.</summary>
internal static class ClusterSecretsRegistration
{
    public static IServiceCollection AddClusterSecrets(this IServiceCollection services, RunOptions options) => options.ClusterSecrets is { } secrets
        ? services.AddSingleton(secrets).AddSingleton<ClusterSecrets>()
            .AddSingleton<ISourceProvider, ReportOfThem>()
            .AddSingleton<ISourceProvider>(provider => provider.GetRequiredService<ClusterSecrets>())
        : services;

    // Apart from the clusters: it is there while nobody knows yet what they are.
    private sealed class ReportOfThem(ClusterSecrets secrets) : ISourceProvider
    {
        public IAsyncEnumerable<IReadOnlyCollection<SourceDefinition>> WatchAsync(CancellationToken cancellationToken) =>
            AsyncEnumerable.Repeat<IReadOnlyCollection<SourceDefinition>>([secrets.Report], 1);
    }
}
