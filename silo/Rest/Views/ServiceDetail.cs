using ControlPlane.Routing;

namespace ControlPlane.Silo.Rest.Views;

/// <summary>A service with everything that is known of it.</summary>
/// <param name="Policy">What is in force for it; <c>setBy</c> names the object that set each field that is not the default.</param>
public sealed record ServiceDetail(ServiceView Service, EffectivePolicy Policy, IReadOnlyList<EndpointView> Endpoints);
