using ControlPlane.Grains.Reach;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Tests.Unit.Reach;

/// <summary>When a measured round trip becomes the one in force.</summary>
public sealed class MeasuredCostsTests
{
    private readonly MeasuredCosts costs = new(new ReachOptions(), []);
    private TimeSpan now;

    [Fact]
    public void FirstRoundTrip_CountsAfterTheHoldTime()
    {
        Measure(29, 80).ShouldBeNull();
        Measure(2, 80).ShouldBe(80);
    }

    [Fact]
    public void Difference_WithinTheMargin_ChangesNothing()
    {
        Measure(31, 80);

        Measure(300, 95).ShouldBe(80);
    }

    [Fact]
    public void Difference_OfLessThanATenthOfAMillisecond_ChangesNothing()
    {
        Measure(31, 0.1);

        Measure(300, 0.19).ShouldBe(0.1);
        Measure(300, 0.3)!.Value.ShouldBe(0.3, 0.1);
    }

    [Fact]
    public void Difference_ThatPasses_ChangesNothing()
    {
        Measure(31, 80);

        Measure(20, 200).ShouldBe(80);
        Measure(300, 80).ShouldBe(80);
    }

    [Fact]
    public void Difference_ThatLasts_CountsSmoothed()
    {
        Measure(31, 80);

        Measure(100, 40)!.Value.ShouldBe(40, 1);
    }

    [Fact]
    public void OneRound_OfManySeconds_IsNoise()
    {
        Measure(31, 80);
        for (int i = 0; i < 10; i++)
        {
            Measure(1, 2000);
            Measure(60, 80).ShouldBe(80);
        }
    }

    [Fact]
    public void RoundTrips_FromBefore_AreInForceUntilTheyDiffer()
    {
        var later = new MeasuredCosts(new ReachOptions(), [new PairCost("eu/a", "us/c", 80, null)]);

        later.InForce.ShouldBe([new PairCost("eu/a", "us/c", 80, null)]);
        later.Hear("eu/a", "us/c", 10, TimeSpan.Zero);
        later.InForce[0].RoundTripMs.ShouldBe(80);
    }

    [Fact]
    public void Places_WithoutGateways_AreForgotten()
    {
        Measure(31, 80);

        costs.Keep(new HashSet<string> { "eu/a" });

        costs.InForce.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("eu", "a", "eu/a")]
    [InlineData("eu", "", "eu")]
    [InlineData("", "", null)]
    public void Place_IsWrittenAsInACostMatrix(string region, string zone, string? expected) =>
        MeasuredCosts.PlaceOf(new Locality(region, zone, "sub")).ShouldBe(zone.Length == 0 && expected is not null ? "eu" : expected);

    private double? Measure(int seconds, double milliseconds)
    {
        for (int i = 0; i < seconds; i++)
        {
            now += TimeSpan.FromSeconds(1);
            costs.Hear("eu/a", "us/c", milliseconds, now);
        }
        return costs.InForce is [{ RoundTripMs: var inForce }] ? inForce : null;
    }
}
