namespace ControlPlane.Adapters;

/// <summary>Hears of every request that an adapter sends to its registry.</summary>
public interface IApiCallObserver
{
    void Called(ApiCall call);
}

/// <summary>One request, tried again or not: each try is a call.</summary>
/// <param name="Operation">As the registry's reference names it: <c>consul:health/service</c>.</param>
/// <param name="Outcome">The status code of the answer (<c>200</c>, <c>429</c>), or <c>unreachable</c>, <c>timeout</c>, <c>malformed</c>, <c>throttled</c>.</param>
/// <param name="Took">From sending to the end of the answer; of a query that blocks, without the time it was asked to wait.</param>
public readonly record struct ApiCall(string Operation, string Outcome, TimeSpan Took);
