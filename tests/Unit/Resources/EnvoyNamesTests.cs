using ControlPlane.Model;
using ControlPlane.Xds.Resources.Naming;

namespace ControlPlane.Tests.Unit.Resources;

/// <summary>Names are decided once.</summary>
public sealed class EnvoyNamesTests
{
    [Fact]
    public void Cluster_OfPlainNames_IsMadeOfThem() =>
        EnvoyNames.Cluster(new ServiceId("banking", "shop", "cart"), 8080).ShouldBe("p8080.cart.shop.banking.mesh");

    [Theory]
    [InlineData("cart", "cart")]
    [InlineData("a-1", "a-1")]
    [InlineData("Cart", "cart-HASH")]
    [InlineData("my_app.v2", "my-app-v2-HASH")]
    [InlineData("-cart-", "cart-HASH")]
    [InlineData("möbel", "m-bel-HASH")]
    [InlineData("___", "x-HASH")]
    public void Label_WithOtherCharacters_IsCleanedWithAHash(string text, string expected)
    {
        string label = EnvoyNames.Label(text);

        System.Text.RegularExpressions.Regex.Replace(label, "-[0-9a-f]{8}$", "-HASH").ShouldBe(expected);
        EnvoyNames.Label(text).ShouldBe(label);
    }

    [Fact]
    public void Label_OverSixtyThreeCharacters_IsCutWithAHash()
    {
        EnvoyNames.Label(new string('a', 63)).ShouldBe(new string('a', 63));
        string cut = EnvoyNames.Label(new string('a', 64));

        cut.Length.ShouldBe(63);
        cut.ShouldStartWith(new string('a', 54) + "-");
        cut.ShouldNotBe(EnvoyNames.Label(new string('a', 65)));
    }

    [Fact]
    public void Label_OfNamesThatAreCleanedAlike_StaysDifferent() => EnvoyNames.Label("My.App").ShouldNotBe(EnvoyNames.Label("my_app"));

    /// <summary>The hash is part of the contract between silos and regions.</summary>
    [Fact]
    public void Label_WithAHash_IsAsItAlwaysWas() => EnvoyNames.Label("Cart").ShouldBe("cart-916f1682");

    [Fact]
    public void Names_OfListeners_AreThoseOfTheContract()
    {
        EnvoyNames.OutboundHttp.ShouldBe("outbound-http");
        EnvoyNames.OutboundTcp("p5432.db.shop.default.mesh").ShouldBe("outbound-tcp.p5432.db.shop.default.mesh");
        EnvoyNames.Inbound(8080).ShouldBe("inbound.8080");
        EnvoyNames.GatewayListener("shop", "edge", 443).ShouldBe("shop.edge.443");
        EnvoyNames.Grpc(Samples.Service("cart"), 80).ShouldBe("cart.shop:80");
    }
}
