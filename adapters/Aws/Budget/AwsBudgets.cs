namespace ControlPlane.Adapters.Aws.Budget;

/// <summary>One budget of requests for each identity and region, shared by all who use them. There is one of these in a process.</summary>
public sealed class AwsBudgets(TimeProvider time) : IDisposable
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, AwsBudget> budgets = [];

    /// <summary>The same for the same identity and region.</summary>
    internal AwsBudget Get(AwsAccess access)
    {
        string key = string.Join('\n', access.AssumeRoleArn, access.Profile, access.Region, access.Endpoint);
        lock (gate)
        {
            if (!budgets.TryGetValue(key, out AwsBudget? budget))
            {
                budgets[key] = budget = new AwsBudget(access.RequestsPerSecond, access.Burst, time);
            }
            budget.Lower(access.RequestsPerSecond, access.Burst);
            return budget;
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            foreach (AwsBudget budget in budgets.Values)
            {
                budget.Dispose();
            }
            budgets.Clear();
        }
    }
}
