using ControlPlane.Routing;

namespace ControlPlane.Tests.Unit.Routing;

/// <summary>The arithmetic of Envoy's priority levels, in whole numbers.</summary>
public sealed class SpillOverTests
{
    /// <summary>Tiers as healthy of declared, the factor, and the loads.</summary>
    [Theory]
    [InlineData("2/2", 140, "100")]
    [InlineData("0/2", 140, "0")]
    [InlineData("0/0", 140, "0")]
    [InlineData("4/4 4/4", 140, "100/0")]
    [InlineData("3/4 4/4", 140, "100/0")]
    [InlineData("2/4 4/4", 140, "70/30")]
    [InlineData("1/4 4/4", 140, "35/65")]
    [InlineData("0/4 4/4", 140, "0/100")]
    [InlineData("1/3 3/3", 140, "46/54")]
    [InlineData("5/7 1/1", 140, "100/0")]
    [InlineData("7/10 1/1", 140, "98/2")]
    [InlineData("1/4 1/4", 140, "50/50")]
    [InlineData("1/4 1/4 4/4", 140, "35/35/30")]
    [InlineData("1/2 1/4 4/4", 140, "70/30/0")]
    [InlineData("1/8 1/8", 140, "50/50")]
    [InlineData("1/10 1/20", 140, "67/33")]
    [InlineData("1/10 1/10 1/10", 140, "34/33/33")]
    [InlineData("0/5 1/10 1/10 1/10", 140, "0/34/33/33")]
    [InlineData("1/100 0/100", 140, "100/0")]
    [InlineData("1/200 1/100", 140, "0/100")]
    [InlineData("1/2 2/2", 100, "50/50")]
    [InlineData("1/2 2/2", 200, "100/0")]
    [InlineData("9/10 1/1", 100, "90/10")]
    [InlineData("1/2 0/0 1/1", 140, "70/0/30")]
    public void Loads_OfTiers_AreEnvoysOwn(string tiers, int overprovisioning, string expected) =>
        string.Join('/', SpillOver.Loads([.. tiers.Split(' ').Select(Size)], overprovisioning)).ShouldBe(expected);

    [Fact]
    public void Loads_OfNoTiers_AreNone() => SpillOver.Loads([], 140).ShouldBeEmpty();

    [Fact]
    public void Loads_OfMoreTiersThanAnyoneHas_AreStillWhole()
    {
        TierSize[] tiers = [.. Enumerable.Repeat(new TierSize(1, 1000), 500)];

        SpillOver.Loads(tiers, 140).Sum().ShouldBe(0);
        SpillOver.Loads([.. tiers, new TierSize(1, 1)], 140)[^1].ShouldBe(100);
    }

    private static TierSize Size(string text) =>
        text.Split('/') is [var healthy, var declared] ? new TierSize(Number(healthy), Number(declared)) : default;

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
