using System.Runtime.CompilerServices;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Sources;

namespace ControlPlane.Adapters.Files;

/// <summary>
/// Reads configuration and services from a folder of files and follows its changes. A state with a problem in it is not accepted: what was right last
/// stays in force, and the problems are reported until they are gone.
/// </summary>
public sealed class FileAdapter(FileAdapterOptions options, SourceTypes types, TimeProvider time) : IDiscoveryAdapter
{
    private ConfigurationSet? lastGood;

    public string Source => options.Source;

    /// <inheritdoc/>
    /// <exception cref="IOException">The file or folder is not there or cannot be read.</exception>
    public async IAsyncEnumerable<DiscoveryEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Watched before it is read for the first time, so that no change falls between.
        using var watcher = new FolderWatcher(options.Path, options.ComparePeriod, time);
        var folder = new ConfigurationFolder(options.Path, new DecodeOptions { Sources = types });
        folder.Compare();
        var reported = new ReportedConfiguration();
        while (true)
        {
            ConfigurationSet read = ConfigurationSet.Build(folder.Files, lastGood);
            lastGood = read.Problems.IsEmpty ? read : lastGood;
            foreach (DiscoveryEvent happened in reported.Report(lastGood, read.Problems))
            {
                yield return happened;
            }
            while (!folder.Apply(await watcher.NextAsync(cancellationToken)))
            {
            }
        }
    }
}
