using System.Text.Json.Serialization;

namespace ControlPlane.Model.Sources;

/// <summary>How much a source can be believed now.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SourceState>))]
public enum SourceState
{
    /// <summary>Its first full picture is not complete. What it had said before counts.</summary>
    Warming,
    Live,

    /// <summary>It fails: what it said last stays in force.</summary>
    Stale,

    /// <summary>Nobody watches it.</summary>
    Lost,
}
