using ControlPlane.Adapters;
using ControlPlane.Adapters.Hosting;
using ControlPlane.Model;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Unit.Hosting;

/// <summary>When an endpoint counts in the size of its service (case R22 of the routing rules).</summary>
public sealed class StartGraceTests
{
    private static readonly Endpoint Old = Samples.Endpoint("10.0.0.1");
    private static readonly Endpoint NotReady = Samples.Endpoint("10.0.0.2") with { Health = Health.Unhealthy };
    private readonly FakeTimeProvider time = new();
    private readonly SourcePicture picture;

    public StartGraceTests() => picture = new SourcePicture(new SourceHostOptions(), 0, time);

    [Fact]
    public void NotReady_InTheFirstPicture_CountsAtOnce()
    {
        Say(Old, NotReady);
        picture.Apply(Synced.Instance);

        Declared().ShouldBe([true, true]);
    }

    [Fact]
    public void NotReady_AndNew_CountsAfterItsGrace()
    {
        Begin();
        Say(Old, NotReady);
        Declared().ShouldBe([true, false]);

        time.Advance(TimeSpan.FromSeconds(59));
        picture.Take(1).Replaced.ShouldBeEmpty();
        time.Advance(TimeSpan.FromSeconds(1));

        Declared().ShouldBe([true, true]);
        picture.Take(1).Replaced.ShouldBeEmpty();
    }

    [Fact]
    public void NotReady_SaidAgainWithinItsGrace_IsStillOfTheSameAge()
    {
        Begin();
        Say(Old, NotReady);
        picture.Take(1);
        time.Advance(TimeSpan.FromSeconds(40));
        Say(Old with { Weight = 2 }, NotReady);
        Declared().ShouldBe([true, false]);

        time.Advance(TimeSpan.FromSeconds(20));

        Declared().ShouldBe([true, true]);
    }

    [Fact]
    public void Ready_Once_CountsForEver()
    {
        Begin();
        Say(Old, NotReady);
        picture.Take(1);
        Say(Old, NotReady with { Health = Health.Healthy });
        Declared().ShouldBe([true, true]);

        Say(Old, NotReady);

        Declared().ShouldBe([true, true]);
    }

    [Fact]
    public void Gone_AndBack_IsNewAgain()
    {
        Begin();
        Say(Old, NotReady with { Health = Health.Healthy });
        picture.Take(1);
        Say(Old);
        picture.Take(1);

        Say(Old, NotReady);

        Declared().ShouldBe([true, false]);
    }

    [Fact]
    public void NotReady_OnTheAddressOfAnother_IsNewAllTheSame()
    {
        Endpoint first = Samples.Endpoint("127.0.0.1");
        Say(first);
        picture.Apply(Synced.Instance);
        picture.Take(1);

        Say(first, first with { Ports = [8081], Health = Health.Unhealthy });

        Declared().ShouldBe([true, false]);
    }

    [Fact]
    public async Task Wait_WithAnEndpointInItsGrace_EndsWhenThatIsOver()
    {
        Begin();
        Say(Old, NotReady);
        picture.Take(1);
        await picture.WaitAsync(default);
        time.Advance(TimeSpan.FromSeconds(59.5));

        Task waiting = picture.WaitAsync(default);
        waiting.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(0.5));

        await waiting.WaitAsync(Eventually.Deadline);
        Declared().ShouldBe([true, true]);
    }

    private void Begin()
    {
        Say(Old);
        picture.Apply(Synced.Instance);
        picture.Take(1);
    }

    private void Say(params Endpoint[] endpoints) =>
        picture.Apply(new Replaced(Samples.Part("cart") with { Endpoints = endpoints.ToValueList() }));

    private IEnumerable<bool> Declared() => picture.Take(1).Replaced.ShouldHaveSingleItem().Endpoints.Select(endpoint => endpoint.Declared);
}
