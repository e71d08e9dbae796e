namespace ControlPlane.Adapters.Configuration;

/// <summary>Which files are configuration.</summary>
public static class FileNames
{
    /// <summary>YAML and JSON; not the files that editors and tools keep beside them.</summary>
    public static bool IsConfiguration(string path)
    {
        string name = Path.GetFileName(path);
        return !IsHidden(name)
            && name[^1] is not ('~' or '#')
            && Path.GetExtension(name) is ".yaml" or ".yml" or ".json";
    }

    /// <summary>Whether a file or folder is left out whatever it holds: <c>.git</c>, <c>..data</c>.</summary>
    public static bool IsHidden(string path) => Path.GetFileName(path) is "" or ['.', ..] or ['#', ..];

    /// <summary>All configuration files in a folder and its subfolders, in the order of their names; or the file itself.</summary>
    /// <exception cref="IOException">There is no such file or folder, or it cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IEnumerable<string> Find(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }
        if (!Directory.Exists(path))
        {
            throw new DirectoryNotFoundException($"there is no file or folder {path}");
        }
        var found = new List<string>();
        Collect(path, found, depth: 0);
        found.Sort(StringComparer.Ordinal);
        return found;
    }

    private static void Collect(string folder, List<string> found, int depth)
    {
        // Deeper than this it is a link to a folder above.
        if (depth > 16)
        {
            return;
        }
        foreach (FileSystemInfo entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            if (IsHidden(entry.Name))
            {
                continue;
            }
            if (entry.Attributes.HasFlag(FileAttributes.Directory))
            {
                Collect(Path.Combine(folder, entry.Name), found, depth + 1);
            }
            else if (IsConfiguration(entry.Name))
            {
                found.Add(Path.Combine(folder, entry.Name));
            }
        }
    }
}
