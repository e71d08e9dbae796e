using System.IO.Hashing;
using System.Text.Json;
using System.Text.Json.Serialization;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Regions.Wire;

/// <summary>The JSON of links between regions. Fields that a version does not know are passed over, so that two versions can be linked.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RegionHello))]
[JsonSerializable(typeof(RegionLine))]
[JsonSerializable(typeof(ServicePart))]
[JsonSerializable(typeof(Endpoint))]
[JsonSerializable(typeof(ServicePort))]
[JsonSerializable(typeof(Label))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ConfigObject))]
[JsonSerializable(typeof(GatewayAddress))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
public sealed partial class RegionJson : JsonSerializerContext
{
    /// <summary>The version of a service.</summary>
    public static string VersionOf(ServicePart part) => Convert.ToHexString(BitConverter.GetBytes(XxHash3.HashToUInt64(JsonSerializer.SerializeToUtf8Bytes(part, Default.ServicePart))));
}
