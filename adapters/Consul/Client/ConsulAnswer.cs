namespace ControlPlane.Adapters.Consul.Client;

/// <summary>What Consul said.</summary>
/// <param name="Index">Of the state that it is: at least 1.</param>
internal readonly record struct ConsulAnswer<T>(T Value, ulong Index);
