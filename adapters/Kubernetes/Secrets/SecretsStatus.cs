using ControlPlane.Model;

namespace ControlPlane.Adapters.Kubernetes.Secrets;

/// <summary>Whether the Secrets can be read, and what is wrong with them: one writes it, others wait for it to change.</summary>
internal sealed class SecretsStatus
{
    private volatile Step current = new(null, null);

    /// <summary>They are followed.</summary>
    public void Known(ValueList<Problem> problems) => Change(new Step(problems, null));

    /// <summary>They cannot be read.</summary>
    /// <returns>Whether that is news.</returns>
    public bool Failed(string reason)
    {
        if (current.Failure == reason)
        {
            return false;
        }
        Change(new Step(null, reason));
        return true;
    }

    /// <summary>As it is now, and each change; what comes too fast is left out.</summary>
    public async IAsyncEnumerable<Step> WatchAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            Step step = current;
            yield return step;
            await step.Next.WaitAsync(cancellationToken);
        }
    }

    private void Change(Step now)
    {
        Step before = current;
        current = now;
        before.End();
    }

    /// <param name="Problems">Null: they cannot be read now.</param>
    /// <param name="Failure">Null: they can, or nothing is known yet.</param>
    public sealed class Step(ValueList<Problem>? Problems, string? Failure)
    {
        private readonly TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ValueList<Problem>? Problems { get; } = Problems;

        public string? Failure { get; } = Failure;

        public Task Next => next.Task;

        public void End() => next.TrySetResult();
    }
}
