namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

/// <summary>Tests that share the components of all registries.</summary>
[CollectionDefinition(Name)]
public sealed class SourcesCollection : ICollectionFixture<Registries>
{
    public const string Name = "registries under test";
}
