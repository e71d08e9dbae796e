using ControlPlane.Adapters.Aws;
using ControlPlane.Adapters.Aws.Budget;
using Microsoft.Extensions.Time.Testing;

namespace ControlPlane.Tests.Unit.Aws;

public sealed class AwsBudgetTests
{
    private readonly FakeTimeProvider time = new();

    private static int TakeAll(AwsBudget budget)
    {
        int taken = 0;
        while (budget.WaitAsync(new CancellationToken()) is { IsCompletedSuccessfully: true })
        {
            taken++;
        }
        return taken;
    }

    [Fact]
    public async Task Wait_MoreThanTheBurst_WaitsInOrder()
    {
        using var budget = new AwsBudget(10, 3, time);
        TakeAll(budget).ShouldBe(3);
        Task second = budget.WaitAsync(CancellationToken.None);

        time.Advance(TimeSpan.FromMilliseconds(150));
        second.IsCompleted.ShouldBeFalse("the one before it came first");
        time.Advance(TimeSpan.FromMilliseconds(60));

        await second.WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System);
    }

    [Fact]
    public async Task Wait_Cancelled_LeavesTheQueue()
    {
        using var budget = new AwsBudget(10, 1, time);
        await budget.WaitAsync(CancellationToken.None);
        using var stop = new CancellationTokenSource();
        Task gone = budget.WaitAsync(stop.Token);
        Task next = budget.WaitAsync(CancellationToken.None);

        await stop.CancelAsync();
        time.Advance(TimeSpan.FromMilliseconds(100));

        await Should.ThrowAsync<OperationCanceledException>(() => gone);
        await next.WaitAsync(TimeSpan.FromSeconds(5), TimeProvider.System);
    }

    [Fact]
    public void Throttled_HalvesOnceForWhatWasSentTogether_AndRecoversSlowly()
    {
        using var budget = new AwsBudget(10, 20, time);

        budget.Throttled();
        budget.Throttled();
        budget.Rate.ShouldBe(5);
        time.Advance(TimeSpan.FromSeconds(2));
        budget.Throttled();
        budget.Rate.ShouldBe(2.5);
        for (int i = 0; i < 10; i++)
        {
            budget.Answered();
        }
        budget.Rate.ShouldBe(3.5, 0.001);
        for (int i = 0; i < 1000; i++)
        {
            budget.Answered();
        }
        budget.Rate.ShouldBe(10);
    }

    [Fact]
    public void Get_SameIdentityAndRegion_IsSharedAndTheLowestWishHolds()
    {
        using var budgets = new AwsBudgets(time);
        var access = new AwsAccess { Region = "eu-west-1", Profile = "a" };

        AwsBudget first = budgets.Get(access);

        budgets.Get(access with { RequestsPerSecond = 2 }).ShouldBeSameAs(first);
        first.Rate.ShouldBe(2);
        budgets.Get(access with { Profile = "b" }).ShouldNotBeSameAs(first);
        budgets.Get(access with { Region = "eu-west-2" }).ShouldNotBeSameAs(first);
    }
}
