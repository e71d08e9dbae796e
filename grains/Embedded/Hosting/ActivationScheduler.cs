namespace ControlPlane.Embedded;

/// <summary>Runs the turns of one activation on the thread pool, one at a time and in order; what follows an await is a turn too.</summary>
internal sealed class ActivationScheduler : TaskScheduler, IThreadPoolWorkItem
{
    // A busy activation gives its thread back after this many turns, so that others get theirs.
    private const int TurnsAtOnce = 64;

    private readonly Lock gate = new();
    private readonly Queue<Task> turns = new();
    private bool running;

    public override int MaximumConcurrencyLevel => 1;

    public void Run(Action action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this);

    public void Execute()
    {
        for (int i = 0; i < TurnsAtOnce; i++)
        {
            Task? turn;
            lock (gate)
            {
                if (!turns.TryDequeue(out turn))
                {
                    running = false;
                    return;
                }
            }
            TryExecuteTask(turn);
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    protected override void QueueTask(Task task)
    {
        lock (gate)
        {
            turns.Enqueue(task);
            if (running)
            {
                return;
            }
            running = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: true);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        !taskWasPreviouslyQueued && Current == this && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (gate)
        {
            return [.. turns];
        }
    }
}
