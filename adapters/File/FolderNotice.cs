namespace ControlPlane.Adapters.Files;

/// <summary>What may be different in a folder.</summary>
/// <param name="IsAnything">Everything has to be compared.</param>
/// <param name="Files">Else these files, each named once.</param>
internal sealed record FolderNotice(bool IsAnything, IReadOnlyCollection<string> Files);
