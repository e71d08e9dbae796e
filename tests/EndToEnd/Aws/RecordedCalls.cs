using System.Collections.Concurrent;
using ControlPlane.Adapters;

namespace ControlPlane.Tests.EndToEnd.Aws;

internal sealed class RecordedCalls : IApiCallObserver
{
    private readonly ConcurrentQueue<ApiCall> calls = new();

    public IReadOnlyCollection<ApiCall> All => calls;

    public void Called(ApiCall call) => calls.Enqueue(call);

    public void Clear() => calls.Clear();
}
