using ControlPlane.Tests.Support;
using Google.Protobuf.Reflection;

namespace ControlPlane.Tests.Conformance.Protos;

/// <summary>Our .proto files hold only what is used, and that exactly as the official ones have it: a wrong number would be silent.</summary>
public sealed class TrimmedProtosTests
{
    [Fact]
    public async Task T2_TrimmedProtos_AgreeWithTheOfficialOnes()
    {
        string ours = Path.Combine(Peer.Root, "xds", "Protos");
        string[] files = [
            .. Directory.EnumerateFiles(ours, "*.proto", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(ours, file)).Where(file => !file.StartsWith("obj", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
        string[] folders = OfficialProtos.Folders();
        string[] known = [.. files.Where(file => folders.Any(folder => File.Exists(Path.Combine(folder, file))))];
        files.Except(known).ShouldBeEmpty("files that the official API does not have");

        Dictionary<string, string> trimmed = Describe(await OfficialProtos.CompileAsync([ours], files), files);
        Dictionary<string, string> official = Describe(await OfficialProtos.CompileAsync(folders, files), files);

        trimmed.Count.ShouldBeGreaterThan(300);
        IEnumerable<string> wrong = trimmed
            .Where(item => official.GetValueOrDefault(item.Key) != item.Value)
            .Select(item => $"{item.Key}: ours {item.Value}, official {official.GetValueOrDefault(item.Key, "nothing")}");
        wrong.ShouldBeEmpty();
    }

    /// <summary>Each field and enum value by its full name: number, type, label, and whether it is in a oneof.</summary>
    private static Dictionary<string, string> Describe(FileDescriptorSet set, string[] files)
    {
        var described = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (FileDescriptorProto file in set.File.Where(file => files.Contains(file.Name)))
        {
            foreach (DescriptorProto message in file.MessageType)
            {
                Describe($"{file.Package}.{message.Name}", message, described);
            }
            foreach (EnumDescriptorProto values in file.EnumType)
            {
                Describe($"{file.Package}.{values.Name}", values, described);
            }
        }
        return described;
    }

    private static void Describe(string name, DescriptorProto message, Dictionary<string, string> described)
    {
        foreach (FieldDescriptorProto field in message.Field)
        {
            string oneof = field.HasOneofIndex ? $" in {message.OneofDecl[field.OneofIndex].Name}" : "";
            described[$"{name}.{field.Name}"] = $"{field.Number} {field.Label} {field.Type} {field.TypeName}{oneof}";
        }
        foreach (DescriptorProto nested in message.NestedType)
        {
            Describe($"{name}.{nested.Name}", nested, described);
        }
        foreach (EnumDescriptorProto values in message.EnumType)
        {
            Describe($"{name}.{values.Name}", values, described);
        }
    }

    private static void Describe(string name, EnumDescriptorProto values, Dictionary<string, string> described)
    {
        foreach (EnumValueDescriptorProto value in values.Value)
        {
            described[$"{name}.{value.Name}"] = $"{value.Number}";
        }
    }
}
