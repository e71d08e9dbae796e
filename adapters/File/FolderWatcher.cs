using System.Threading.Channels;
using ControlPlane.Adapters.Configuration;

namespace ControlPlane.Adapters.Files;

/// <summary>
/// Says when to look at a folder again: at once where the system gives notice, and now and then in any case, for notices get lost. Notices that are
/// waiting are taken together.
/// </summary>
internal sealed class FolderWatcher : IDisposable
{
    private const int MaximumWaiting = 4096;
    private const string Anything = "";

    private readonly Channel<string> notices = Channel.CreateBounded<string>(
        new BoundedChannelOptions(MaximumWaiting) { FullMode = BoundedChannelFullMode.Wait });

    private readonly string root;
    private readonly ITimer timer;
    private FileSystemWatcher? watcher;
    private DateTime made;
    private int hasLost;

    public FolderWatcher(string path, TimeSpan period, TimeProvider time)
    {
        root = Path.GetFullPath(path);
        watcher = Watch();
        timer = time.CreateTimer(_ => Add(Anything), null, period, period);
    }

    public async Task<FolderNotice> NextAsync(CancellationToken cancellationToken)
    {
        var files = new HashSet<string>(StringComparer.Ordinal) { await notices.Reader.ReadAsync(cancellationToken) };
        while (notices.Reader.TryRead(out string? more))
        {
            files.Add(more);
        }
        bool anything = files.Contains(Anything) | Interlocked.Exchange(ref hasLost, 0) == 1;
        if (anything)
        {
            Renew();
        }
        return new FolderNotice(anything, files);
    }

    public void Dispose()
    {
        timer.Dispose();
        watcher?.Dispose();
    }

    // A watcher of a folder that is another one by now, or that could not be had (there is a limit to them), is tried anew.
    private void Renew()
    {
        if (watcher is null || Directory.GetCreationTimeUtc(watcher.Path) != made)
        {
            watcher?.Dispose();
            watcher = Watch();
        }
    }

    private FileSystemWatcher? Watch()
    {
        string? folder = Directory.Exists(root) ? root : Path.GetDirectoryName(root);
        if (folder is null || !Directory.Exists(folder))
        {
            return null;
        }
        try
        {
            made = Directory.GetCreationTimeUtc(folder);
            var started = new FileSystemWatcher(folder)
            {
                IncludeSubdirectories = folder == root,
                InternalBufferSize = 64 * 1024,
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size
                    | NotifyFilters.CreationTime | NotifyFilters.Attributes,
            };
            started.Created += (_, change) => Add(change.FullPath);
            started.Changed += (_, change) => Add(change.FullPath);
            started.Deleted += (_, change) => Add(change.FullPath);
            started.Renamed += (_, change) =>
            {
                Add(change.OldFullPath);
                Add(change.FullPath);
            };
            started.Error += (_, _) =>
            {
                Interlocked.Exchange(ref hasLost, 1);
                Add(Anything);
            };
            started.EnableRaisingEvents = true;
            return started;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private void Add(string path)
    {
        string? notice = path == Anything || path == root || FileNames.IsConfiguration(path) ? path : MayHoldOthers(path) ? Anything : null;
        if (notice is not null && !notices.Writer.TryWrite(notice))
        {
            Interlocked.Exchange(ref hasLost, 1);
        }
    }

    // A name that is no file of ours may be a folder, or the link through which Kubernetes swaps all files of a volume (..data). What editors and
    // writers make before they rename it is no reason to look at everything.
    private static bool MayHoldOthers(string path)
    {
        string name = Path.GetFileName(path);
        return FileNames.IsHidden(name)
            ? name.StartsWith("..", StringComparison.Ordinal)
            : name[^1] is not ('~' or '#') && Path.GetExtension(name) is not (".tmp" or ".swp" or ".swx" or ".part");
    }
}
