using ControlPlane.Adapters.Instances;

namespace ControlPlane.Tests.Unit.Instances;

/// <summary>Names that are made from what a registry says of an instance.</summary>
public sealed class NameTemplateTests
{
    private static readonly Instance Web = new()
    {
        Id = "i-1", Service = "Web", Address = "10.0.0.1", Attributes = new InstanceAttributes([new("tag.tier", "front"), new("tag.empty", "")]),
    };

    [Theory]
    [InlineData("{service}", "Web")]
    [InlineData("{service}-{tag.tier}", "Web-front")]
    [InlineData("{tag.app|shop}", "shop")]
    [InlineData("{tag.empty|shop}", "shop")]
    [InlineData("{namespace|}x", "x")]
    [InlineData("fixed", "fixed")]
    [InlineData("{tag.app}", null)]
    [InlineData("{namespace}", null)]
    public void Apply_Template_GivesTheNameOrNone(string template, string? name) => NameTemplate.Parse(template).Apply(Web).ShouldBe(name);

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("{a}}")]
    [InlineData("{a|b|c}")]
    public void Parse_WhatIsNoTemplate_IsRefused(string text)
    {
        NameTemplate.Check(text).ShouldNotBeNull();
        Should.Throw<FormatException>(() => NameTemplate.Parse(text));
    }
}
