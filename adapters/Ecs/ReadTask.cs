using ControlPlane.Adapters.Instances;

namespace ControlPlane.Adapters.Ecs;

/// <summary>A task that has an address.</summary>
/// <param name="EcsService">Empty: it belongs to none.</param>
/// <param name="IsOwn">Whether the address is the task's own, and not that of the machine under it.</param>
/// <param name="Created">Sorts by age.</param>
internal sealed record ReadTask(Instance Instance, string EcsService, bool IsOwn, string Created);
