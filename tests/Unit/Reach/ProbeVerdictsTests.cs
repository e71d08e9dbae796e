using ControlPlane.Grains.Reach;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;
using ControlPlane.Model.Reach;

namespace ControlPlane.Tests.Unit.Reach;

/// <summary>Which addresses are withdrawn, round after round of the probers of a network.</summary>
public sealed class ProbeVerdictsTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private ProbeVerdicts verdicts = new([]);
    private TimeSpan now;

    private string Withdrawn => string.Join(", ", verdicts.Withdrawn.Select(address => $"{address.Gateway} from {address.Network}"));

    [Fact]
    public void ThreeFailuresInARow_Withdraw_AndTwoSuccessesRestore()
    {
        Round("p", "near", "far!").ShouldBe("");
        Round("p", "near", "far!").ShouldBe("");
        Round("p", "near", "far!").ShouldBe("far from net1");
        verdicts.Withdrawn[0].Reason.ShouldBe("refused");
        Round("p", "near", "far").ShouldBe("far from net1");
        Round("p", "near", "far").ShouldBe("");
    }

    [Fact]
    public void Failures_ThatAreNotInARow_WithdrawNothing()
    {
        for (int i = 0; i < 5; i++)
        {
            Round("p", "near", "far!");
            Round("p", "near", "far!");
            Round("p", "near", "far").ShouldBe("");
        }
    }

    [Fact]
    public void Successes_ThatAreNotInARow_RestoreNothing()
    {
        Rounds(3, "p", "near", "far!");
        for (int i = 0; i < 5; i++)
        {
            Round("p", "near", "far");
            Round("p", "near", "far!").ShouldBe("far from net1");
        }
    }

    [Fact]
    public void Withdrawal_KeepsItsReasonAndItsTime()
    {
        Rounds(3, "p", "near", "far!");
        WithdrawnAddress first = verdicts.Withdrawn[0];

        Rounds(5, "p", "near", "far!");

        verdicts.Withdrawn.ShouldBe([first]);
        first.Since.ShouldBe(DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void Prober_ThatSeesEverythingFail_ChangesNothing()
    {
        Round("p", "near", "far");
        Rounds(10, "p", "near!", "far!").ShouldBe("");
        verdicts.StatusAt(now)[0].IsBlind.ShouldBeTrue();

        // What it saw before does not count on.
        Rounds(2, "p", "near", "far!").ShouldBe("");
        Round("p", "near", "far!").ShouldBe("far from net1");
    }

    [Fact]
    public void Prober_ThatSeesEverythingFail_LeavesTheVerdictToOthers()
    {
        Round("p", "near", "far");
        for (int i = 0; i < 3; i++)
        {
            Round("q", "near", "far!");
            Round("p", "near!", "far!");
        }

        Withdrawn.ShouldBe("far from net1");
    }

    [Fact]
    public void Prober_ThatIsLost_LeavesItsVerdicts_UntilAnotherOfItsNetworkSpeaks()
    {
        Rounds(3, "p", "near", "far!");
        now += TimeSpan.FromMinutes(5);

        Rounds(5, "elsewhere", network: "net2", addresses: ["near", "far"]).ShouldBe("far from net1");
        verdicts.StatusAt(now).Single(prober => prober.Name == "p").IsLost.ShouldBeTrue();
        Round("q", "near", "far").ShouldBe("far from net1");
        Round("q", "near", "far").ShouldBe("");
    }

    [Fact]
    public void Prober_ThatComesBack_BeginsWithTheVerdictInForce()
    {
        Round("p", "near", "far!");
        Round("p", "near", "far!");
        now += TimeSpan.FromMinutes(1);

        Round("p", "near", "far!").ShouldBe("");
        Rounds(2, "p", "near", "far!").ShouldBe("far from net1");
    }

    [Fact]
    public void Verdicts_FromBefore_StayUntilTheyAreRefuted()
    {
        Rounds(3, "p", "near", "far!");
        verdicts = new ProbeVerdicts(verdicts.Withdrawn);

        Withdrawn.ShouldBe("far from net1");
        Round("p", "near", "far").ShouldBe("far from net1");
        Round("p", "near", "far").ShouldBe("");
    }

    [Theory]
    [InlineData(1, "")]
    [InlineData(2, "far from net1")]
    [InlineData(3, "far from net1")]
    public void OfThreeProbers_TheMajorityDecides(int failing, string expected)
    {
        for (int round = 0; round < 4; round++)
        {
            for (int prober = 0; prober < 3; prober++)
            {
                Round($"p{prober}", "near", prober < failing ? "far!" : "far");
            }
        }

        Withdrawn.ShouldBe(expected);
    }

    [Fact]
    public void Withdrawal_IsForItsNetworkAlone()
    {
        Rounds(3, "p", "near", "far!");
        Rounds(3, "q", network: "net2", addresses: ["near", "far"]);

        Withdrawn.ShouldBe("far from net1");
    }

    [Fact]
    public void Address_ThatIsGone_IsForgotten()
    {
        verdicts.Declare([Gateway("near"), Gateway("far")], now);
        Rounds(3, "p", "near", "far!");

        verdicts.Declare([Gateway("near")], now);

        Withdrawn.ShouldBe("");
        Rounds(3, "p", "near", "far!").ShouldBe("");
    }

    [Fact]
    public void GatewayThatChanges_IsForgiven_WhenNoProberIsThereToRenewTheVerdict()
    {
        RegionGateway moved = Gateway("far") with { Port = 1 };
        verdicts.Declare([Gateway("near"), Gateway("far")], now);
        Rounds(3, "p", "near", "far!");

        verdicts.Declare([Gateway("near"), moved], now);
        Withdrawn.ShouldBe("far from net1");
        now += TimeSpan.FromMinutes(1);
        verdicts.Declare([Gateway("near"), moved with { Origin = "b.yaml:7" }], now);
        Withdrawn.ShouldBe("far from net1");
        verdicts.Declare([Gateway("near"), Gateway("far")], now);
        Withdrawn.ShouldBe("");
    }

    [Fact]
    public void Probers_ThatAreSilentForLong_AreForgotten()
    {
        Round("p", "near");
        now += TimeSpan.FromMinutes(11);

        Round("q", "near");

        verdicts.StatusAt(now).ShouldHaveSingleItem().Name.ShouldBe("q");
    }

    private static RegionGateway Gateway(string name) => new() { Name = name, Role = GatewayRole.EastWest, Addresses = [new GatewayAddress(name, 15443, [])] };

    // A trailing ! is a failure.
    private string Round(string prober, params string[] addresses) => Rounds(1, prober, "net1", addresses);

    private string Rounds(int count, string prober, params string[] addresses) => Rounds(count, prober, "net1", addresses);

    private string Rounds(int count, string prober, string network, string[] addresses)
    {
        for (int i = 0; i < count; i++)
        {
            now += Interval;
            verdicts.Hear(
                new ProbeReport
                {
                    Prober = prober, Network = network, Interval = TimeSpan.FromSeconds(5),
                    Results = addresses.Select(address => address.TrimEnd('!') is var name && name == address
                        ? new ProbeResult(name, name, 15443, true, "", 1)
                        : new ProbeResult(name, name, 15443, false, "refused", null)).ToValueList(),
                },
                now, DateTimeOffset.UnixEpoch + now);
        }
        return Withdrawn;
    }
}
