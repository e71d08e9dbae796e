namespace ControlPlane.Adapters.Files;

/// <summary>What tells that a file may have changed, without reading it. The time of its creation is another for a file that was renamed into place.</summary>
/// <param name="Target">Where a link leads to.</param>
internal sealed record FilePrint(long Length, DateTime Written, DateTime Created, string Target)
{
    /// <summary>Null: there is no such file.</summary>
    public static FilePrint? Of(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            return null;
        }
        try
        {
            FileInfo target = file.LinkTarget is null ? file : (FileInfo?)file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
            // Of a mounted ConfigMap the folder that the link leads through is a link, too, and the one that is swapped.
            string folder = file.LinkTarget is null ? "" : target.Directory?.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? target.DirectoryName ?? "";
            return target.Exists ? new FilePrint(target.Length, target.LastWriteTimeUtc, target.CreationTimeUtc, Path.Combine(folder, target.Name)) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
