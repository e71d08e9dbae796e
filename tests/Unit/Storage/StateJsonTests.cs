using System.Text;
using ControlPlane.Grains.Storage;

namespace ControlPlane.Tests.Unit.Storage;

/// <summary>
/// What is stored can be read for ever: <c>rows/NAME.json</c> was written by earlier versions and never changes. Where <c>WRITE_ROWS</c> is set,
/// rows that are not there yet are written.
/// </summary>
public sealed class StateJsonTests
{
    public static TheoryData<string> Names() => [.. StoredSamples.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Row_OfAnEarlierVersion_IsStillRead(string name)
    {
        string file = Path.Combine(Folder, $"{name}.json");
        if (!File.Exists(file) && Environment.GetEnvironmentVariable("WRITE_ROWS") is { Length: > 0 })
        {
            File.WriteAllBytes(file, StoredSamples.All[name].Write());
        }

        StoredSamples.All[name].Check(Row(File.ReadAllBytes(file)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Row_OfThisVersion_IsReadAsItWasWritten(string name) => StoredSamples.All[name].Check(Row(StoredSamples.All[name].Write()));

    [Fact]
    public void Read_OfALaterSchema_SaysWhatToDo()
    {
        InvalidDataException refused = Should.Throw<InvalidDataException>(
            () => StateJson.Read<ControlPlane.Grains.Sources.SourceLease>(Row("{}"u8.ToArray()) with { Schema = StateJson.Schema + 1 }));

        refused.Message.ShouldContain("the stored source east lease has schema 2, this version reads 1");
        refused.Message.ShouldContain("run the version that wrote it");
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("")]
    public void Read_OfADamagedRow_NamesIt(string payload) =>
        Should.Throw<InvalidDataException>(() => StateJson.Read<ControlPlane.Grains.Sources.SourceLease>(Row(Encoding.UTF8.GetBytes(payload))))
            .Message.ShouldContain("the stored source east lease");

    [Fact]
    public void RequiredValues_AreWrittenWhateverTheyAre()
    {
        // A value that is the default of its type is left out, and a required one that is missing cannot be read.
        IEnumerable<System.Reflection.PropertyInfo> required = typeof(ControlPlane.Model.Configuration.ConfigObject).Assembly.GetTypes()
            .Where(type => type.Namespace!.EndsWith(".Configuration", StringComparison.Ordinal)).SelectMany(type => type.GetProperties()).Where(property => property.PropertyType.IsValueType
                && property.IsDefined(typeof(System.Runtime.CompilerServices.RequiredMemberAttribute), inherit: false)
                && !property.PropertyType.FullName!.StartsWith("ControlPlane.Model.ValueList", StringComparison.Ordinal)
                && property.PropertyType is { IsEnum: true } or { IsPrimitive: true });

        required.Where(property => property.GetCustomAttributes(typeof(System.Text.Json.Serialization.JsonIgnoreAttribute), inherit: false)
            .OfType<System.Text.Json.Serialization.JsonIgnoreAttribute>().All(ignore => ignore.Condition != System.Text.Json.Serialization.JsonIgnoreCondition.Never)).ShouldBeEmpty();
    }

    private static string Folder => Path.Combine(Peer.Root, "tests", "Unit", "Storage", "rows");

    private static StoredRow Row(byte[] payload) => new(new StateKey("source", "east", "lease"), "1", StateJson.Schema, payload);
}
