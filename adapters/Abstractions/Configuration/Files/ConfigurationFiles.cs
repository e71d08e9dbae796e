namespace ControlPlane.Adapters.Configuration;

/// <summary>Reads configuration from files, once.</summary>
public static class ConfigurationFiles
{
    /// <summary>Reads files, and all configuration files of folders, and checks them together.</summary>
    /// <returns>All that is right, and all problems, those of reading too.</returns>
    public static ConfigurationSet Load(IEnumerable<string> paths, DecodeOptions options)
    {
        var files = new SortedDictionary<string, DecodedFile>(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            try
            {
                foreach (string file in FileNames.Find(path))
                {
                    files[file] = Read(file, file, options);
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                files[path] = DecodedFile.Unreadable(path, error.Message);
            }
        }
        return ConfigurationSet.Build(files.Values);
    }

    /// <summary>Reads one file. A failure to read it is a problem in it.</summary>
    /// <param name="place">Its name in problems.</param>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public static DecodedFile Read(string path, string place, DecodeOptions options)
    {
        try
        {
            return DecodedFile.Decode(place, File.ReadAllText(path), options);
        }
        catch (Exception error) when (error is (IOException or UnauthorizedAccessException) and not FileNotFoundException)
        {
            return DecodedFile.Unreadable(place, error.Message);
        }
    }
}
