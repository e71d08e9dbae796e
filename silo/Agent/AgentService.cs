using ControlPlane.Silo.Agent.Checks;
using ControlPlane.Silo.Rest;

namespace ControlPlane.Silo.Agent;

/// <summary>A service of this machine.</summary>
/// <param name="Id">Of its registration.</param>
/// <param name="Check">Null: it counts as healthy as long as the agent lives.</param>
internal sealed record AgentService(string Id, RegistrationBody Registration, IHealthCheck? Check, CheckTimes Times);

/// <summary>When a check is made, and how often it must fail or pass to be believed.</summary>
internal sealed record CheckTimes(TimeSpan Interval, TimeSpan Timeout, int Failures, int Successes);
