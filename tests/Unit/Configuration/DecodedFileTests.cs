using ControlPlane.Adapters.Configuration;

namespace ControlPlane.Tests.Unit.Configuration;

public sealed class DecodedFileTests
{
    [Fact]
    public void Decode_AnyPrefixOfAFile_NeverThrows()
    {
        string text = File.ReadAllText(Path.Combine(GoldenCase.Folder("Configuration", "valid"), "input.yaml"));

        for (int length = 0; length < text.Length; length++)
        {
            DecodedFile file = DecodedFile.Decode("a.yaml", text[..length], new DecodeOptions());

            (file.Problems.Count + file.Objects.Count).ShouldBeGreaterThan(0);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\n")]
    public void Decode_EmptyFile_IsAProblem(string text) =>
        DecodedFile.Decode("a.yaml", text, new DecodeOptions()).Problems.ShouldHaveSingleItem().Message.ShouldStartWith("the file is empty");

    [Fact]
    public void Decode_OnlyComments_IsEmpty()
    {
        DecodedFile file = DecodedFile.Decode("a.yaml", "# nothing yet\n---\n", new DecodeOptions());

        file.Problems.ShouldBeEmpty();
        file.Objects.ShouldBeEmpty();
    }

    [Fact]
    public void Decode_AliasesOfAliases_AreBounded()
    {
        string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + string.Concat(
            Enumerable.Range(1, 9).Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n"));

        DecodedFile.Decode("a.yaml", text, new DecodeOptions()).Problems.ShouldHaveSingleItem().Message.ShouldContain("more than 1000000 values");
    }
}
