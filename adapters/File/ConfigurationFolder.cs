using ControlPlane.Adapters.Configuration;

namespace ControlPlane.Adapters.Files;

/// <summary>The decoded files of a folder (or one file). Only files that have changed are read again.</summary>
internal sealed class ConfigurationFolder(string path, DecodeOptions options)
{
    private readonly string root = Path.GetFullPath(path);
    private readonly SortedDictionary<string, Entry> files = new(StringComparer.Ordinal);

    public IEnumerable<DecodedFile> Files => files.Values.Select(entry => entry.File);

    /// <summary>Reads what a notice is about.</summary>
    /// <returns>Whether anything is different.</returns>
    public bool Apply(FolderNotice notice)
    {
        if (notice.IsAnything)
        {
            return Compare();
        }
        bool changed = false;
        foreach (string file in notice.Files)
        {
            changed |= Refresh(file);
        }
        return changed;
    }

    /// <summary>Compares all files with what is known of them.</summary>
    /// <exception cref="IOException">The folder is not there or cannot be read.</exception>
    public bool Compare()
    {
        HashSet<string> found;
        try
        {
            found = [.. FileNames.Find(root)];
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException(error.Message, error);
        }
        bool changed = false;
        foreach (string gone in files.Keys.Where(file => !found.Contains(file)).ToArray())
        {
            changed |= files.Remove(gone);
        }
        foreach (string file in found)
        {
            if (!files.TryGetValue(file, out Entry? known) || known.Print != FilePrint.Of(file))
            {
                changed |= Refresh(file);
            }
        }
        return changed;
    }

    // Always reads: within one tick of the file system's clock a file may change twice and keep its length.
    private bool Refresh(string file)
    {
        if (file != root && !IsInFolder(file))
        {
            return false;
        }
        // Taken before reading: what is written meanwhile is found by the next comparison.
        var print = FilePrint.Of(file);
        if (print is null)
        {
            return files.Remove(file);
        }
        try
        {
            string place = file == root ? Path.GetFileName(file) : Path.GetRelativePath(root, file);
            files[file] = new Entry(print, ConfigurationFiles.Read(file, place, options));
            return true;
        }
        catch (FileNotFoundException)
        {
            return files.Remove(file);
        }
    }

    private bool IsInFolder(string file)
    {
        string relative = Path.GetRelativePath(root, file);
        return FileNames.IsConfiguration(file) && relative != "." && !relative.Split(Path.DirectorySeparatorChar).Any(FileNames.IsHidden);
    }

    private sealed record Entry(FilePrint Print, DecodedFile File);
}
