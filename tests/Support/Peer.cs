namespace ControlPlane.Tests.Support;

/// <summary>
/// Finds the real components that tests run against. A component that is missing skips the test on a developer's machine, saying why,
/// and fails it where <c>CI</c> is set.
/// </summary>
public static class Peer
{
    public static string Envoy => Find("envoy");

    public static string KubeApi => Find("kube-api");

    public static string XdsFleet => Find("xds-fleet");

    public static string XdsPeer => Find("xds-peer");

    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>
    /// Looks for the variable of that name in upper case (<c>ENVOY</c>, <c>KUBE_API</c>), then <c>PATH</c>, then a folder <c>shared/bin</c> beside the repository.
    /// </summary>
    public static string Find(string name)
    {
        string variable = name.ToUpperInvariant().Replace('-', '_');
        IEnumerable<string> places = [
            Environment.GetEnvironmentVariable(variable) ?? "",
            .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)),
            Path.Combine(Root, "..", "shared", "bin", name),
            Path.Combine(Environment.GetEnvironmentVariable("SHARED") ?? "/nowhere", "bin", name)];
        return places.FirstOrDefault(File.Exists) ?? Missing($"{name} was not found: set {variable}, or put it on PATH");
    }

    /// <summary>A folder of files that come beside the peers, <c>kube-api/gateway-api-crds/standard</c>.</summary>
    public static string Folder(string path)
    {
        string folder = Path.GetFullPath(Path.Combine(Root, "..", "shared", path));
        return Directory.Exists(folder) ? folder : Missing($"the folder {path} was not found beside the peers");
    }

    /// <summary>Something that <c>tests/peers.sh</c> installed.</summary>
    public static string Installed(string path)
    {
        string found = Path.Combine(Root, "artifacts", "peers", path);
        return Path.Exists(found) ? found : Missing($"{path} is not installed: run tests/peers.sh");
    }

    /// <summary>Skips the test, or fails it where <c>CI</c> is set.</summary>
    public static string Missing(string reason)
    {
        if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 })
        {
            Assert.Fail(reason);
        }
        Assert.Skip(reason);
        return "";
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "ControlPlane.sln")))
            {
                return folder.FullName;
            }
        }
        throw new InvalidOperationException($"no ControlPlane.sln above {AppContext.BaseDirectory}");
    }
}
