using ControlPlane.Grains.Catalog;
using ControlPlane.Model;

namespace ControlPlane.Tests.Unit.Catalog;

/// <summary>Which shard a service is in is fixed for ever.</summary>
public sealed class ShardsTests
{
    [Theory]
    [InlineData("default/shop/cart", "9/16")]
    [InlineData("default/shop/pay", "0/16")]
    [InlineData("default/default/a", "9/16")]
    [InlineData("banking/accounts/ledger", "2/16")]
    [InlineData("trading/orders/möbel", "2/16")]
    public void Of_AService_IsAsItAlwaysWas(string service, string shard) => Shards.Of(ServiceId.Parse(service)).ShouldBe(shard);

    [Fact]
    public void Of_ManyServices_SpreadsOverAll() =>
        Enumerable.Range(0, 1000).Select(index => Shards.Of(Samples.Service($"service-{index}"))).Distinct().Order().ShouldBe(Shards.OfServices.Order());

    [Fact]
    public void Digest_WhateverTheOrder_IsTheSame()
    {
        (ServiceId, RecordVersion)[] parts = [
            (Samples.Service("a"), new RecordVersion(1, 2, 3)), (Samples.Service("b"), new RecordVersion(1, 2, 4)), (Samples.Service("c"), new RecordVersion(2, 1, 1))];

        Digest(parts).ShouldBe(Digest(parts.Reverse()));
        Digest(parts).ShouldBe(Digest([parts[1], parts[2], parts[0]]));
    }

    [Fact]
    public void Digest_OfOtherParts_IsAnother()
    {
        (ServiceId, RecordVersion) a = (Samples.Service("a"), new RecordVersion(1, 2, 3));

        Digest([a]).ShouldNotBe(Digest([(Samples.Service("b"), a.Item2)]));
        Digest([a]).ShouldNotBe(Digest([(a.Item1, new RecordVersion(1, 2, 4))]));
        Digest([a]).ShouldNotBe(Digest([(a.Item1, new RecordVersion(2, 2, 3))]));
    }

    [Fact]
    public void Without_WhatWasAdded_IsAsBefore()
    {
        ShardDigest before = default(ShardDigest).With(Samples.Service("a"), new RecordVersion(1, 1, 1));

        before.With(Samples.Service("b"), default).Without(Samples.Service("b"), default).ShouldBe(before);
    }

    private static ShardDigest Digest(IEnumerable<(ServiceId Service, RecordVersion Version)> parts) =>
        parts.Aggregate(default(ShardDigest), (digest, part) => digest.With(part.Service, part.Version));
}
