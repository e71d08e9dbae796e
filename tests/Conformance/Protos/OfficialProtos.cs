using System.Text.RegularExpressions;
using ControlPlane.Tests.Support;
using Google.Protobuf.Reflection;

namespace ControlPlane.Tests.Conformance.Protos;

/// <summary>The Envoy project's own .proto files, as a package of npm carries them, and what protoc makes of files.</summary>
internal static partial class OfficialProtos
{
    /// <summary>The folders that protoc is to look in. Skips the test, or fails it in CI, if the package cannot be had.</summary>
    public static string[] Folders()
    {
        string deps = Peer.Installed("grpc-js/node_modules/@grpc/grpc-js-xds/deps");
        return [MendedRules(deps), .. ((string[])["envoy-api", "xds", "protoc-gen-validate", "googleapis"]).Select(folder => Path.Combine(deps, folder))];
    }

    /// <summary>The messages and enums of files, with all that they import.</summary>
    public static async Task<FileDescriptorSet> CompileAsync(IEnumerable<string> folders, IEnumerable<string> files)
    {
        using var temporary = new TemporaryFolder();
        string output = temporary.File("set.bin");
        string tools = Tools();
        await RunAsync(
            Path.Combine(tools, "tools", "linux_x64", "protoc"),
            [.. folders.Select(folder => $"-I{folder}"), $"-I{Path.Combine(tools, "build", "native", "include")}", "--include_imports", $"--descriptor_set_out={output}", .. files]);
        return FileDescriptorSet.Parser.ParseFrom(await File.ReadAllBytesAsync(output));
    }

    /// <summary>The package's validate.proto is older than the options that its other files use: what is missing there is one field.</summary>
    private static string MendedRules(string deps)
    {
        string rules = File.ReadAllText(Path.Combine(deps, "protoc-gen-validate", "validate", "validate.proto"));
        string folder = Path.Combine(Peer.Root, "artifacts", "peers", "mended-protos");
        Directory.CreateDirectory(Path.Combine(folder, "validate"));
        string mended = Rules().Replace(rules, message =>
            message.Value.Contains("ignore_empty", StringComparison.Ordinal) ? message.Value : $"{message.Groups[1].Value} optional bool ignore_empty = 9999; {message.Groups[2].Value}");
        File.WriteAllText(Path.Combine(folder, "validate", "validate.proto"), mended);
        return folder;
    }

    [GeneratedRegex(@"^(message \w+Rules \{)(.*?^\})", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Rules();

    /// <summary>The newest Grpc.Tools among the packages of the machine: the build has restored it.</summary>
    private static string Tools()
    {
        string packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        return Directory.GetDirectories(Path.Combine(packages, "grpc.tools")).OrderBy(folder => Version.Parse(Path.GetFileName(folder))).Last();
    }

    private static async Task RunAsync(string program, IEnumerable<string> arguments)
    {
        await using ChildProcess process = await ChildProcess.RunAsync(program, arguments, TimeSpan.FromMinutes(2));
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} exited with {process.ExitCode}: {process.Output}");
        }
    }
}
