using System.Text.Json.Serialization;

namespace ControlPlane.Model.Configuration;

/// <summary><c>matchExpressions[].operator</c>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LabelOperator>))]
public enum LabelOperator
{
    /// <summary>It is there, and has one of the values.</summary>
    In,

    /// <summary>It is not there, or has another value.</summary>
    NotIn,
    Exists,
    DoesNotExist,
}
