using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ControlPlane.Model;
using ControlPlane.Model.Catalog;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Grains.Storage;

/// <summary>The JSON of everything that is stored. A change that old rows cannot be read with raises <see cref="Schema"/>.</summary>
[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StoredPart))]
[JsonSerializable(typeof(Model.Registrations.Registration))]
[JsonSerializable(typeof(Model.Registrations.RegisteredPort))]
[JsonSerializable(typeof(Sources.SourceLease))]
[JsonSerializable(typeof(Sources.SourceNames))]
[JsonSerializable(typeof(Configuration.StoredConfiguration))]
[JsonSerializable(typeof(Catalog.EpochState))]
[JsonSerializable(typeof(Services.LoopbackPorts))]
[JsonSerializable(typeof(Reach.StoredReach))]
[JsonSerializable(typeof(CatalogRecord))]
[JsonSerializable(typeof(ConfigObject))]
[JsonSerializable(typeof(Endpoint))]
[JsonSerializable(typeof(ServicePort))]
[JsonSerializable(typeof(Label))]
[JsonSerializable(typeof(PartVersion))]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ClusterShare))]
[JsonSerializable(typeof(FailoverTier))]
[JsonSerializable(typeof(Distribution))]
[JsonSerializable(typeof(DistributionShare))]
[JsonSerializable(typeof(GatewayListener))]
[JsonSerializable(typeof(LabelRequirement))]
[JsonSerializable(typeof(ParentReference))]
[JsonSerializable(typeof(HttpRouteRule))]
[JsonSerializable(typeof(HttpMatch))]
[JsonSerializable(typeof(HeaderMatch))]
[JsonSerializable(typeof(BackendReference))]
[JsonSerializable(typeof(GatewayAddress))]
[JsonSerializable(typeof(PairCost))]
[JsonSerializable(typeof(Subset))]
[JsonSerializable(typeof(WithdrawnAddress))]
[JsonSerializable(typeof(ResolvedHost))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(long))]
public sealed partial class StateJson : JsonSerializerContext
{
    public const int Schema = 1;

    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, TypeInfo<T>());

    /// <exception cref="InvalidDataException">The row was written by a version that this one does not know, or is damaged.</exception>
    public static T Read<T>(StoredRow row)
    {
        if (row.Schema != Schema)
        {
            throw new InvalidDataException(
                $"the stored {row.Key.GrainType} {row.Key.Key} {row.Key.Name} has schema {row.Schema}, this version reads {Schema}: run the version that wrote it");
        }
        try
        {
            return JsonSerializer.Deserialize(row.Payload, TypeInfo<T>())
                ?? throw new InvalidDataException($"the stored {row.Key.GrainType} {row.Key.Key} {row.Key.Name} is null");
        }
        catch (JsonException damage)
        {
            throw new InvalidDataException($"the stored {row.Key.GrainType} {row.Key.Key} {row.Key.Name} cannot be read: {damage.Message}", damage);
        }
    }

    private static JsonTypeInfo<T> TypeInfo<T>() =>
        (JsonTypeInfo<T>?)Default.GetTypeInfo(typeof(T)) ?? throw new InvalidOperationException($"{typeof(T)} is not listed as a stored type");
}

/// <summary>What a source said last of a service.</summary>
public sealed record StoredPart(RecordVersion Version, ServicePart Part);
