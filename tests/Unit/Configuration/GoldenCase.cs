using ControlPlane.Tests.Support;

namespace ControlPlane.Tests.Unit.Configuration;

/// <summary>Folders with input and what is expected of it. <c>UPDATE_GOLDEN=1</c> writes what is found instead.</summary>
internal static class GoldenCase
{
    public static string Folder(string area, string name) => Path.Combine(Peer.Root, "tests", "Unit", area, "cases", name);

    public static IEnumerable<string> Names(string area) =>
        Directory.EnumerateDirectories(Path.Combine(Peer.Root, "tests", "Unit", area, "cases")).Select(folder => Path.GetFileName(folder)).Order();

    public static void ShouldMatch(string file, string found)
    {
        string text = found.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(file, text);
            return;
        }
        text.ShouldBe(File.ReadAllText(file).ReplaceLineEndings("\n"));
    }
}
