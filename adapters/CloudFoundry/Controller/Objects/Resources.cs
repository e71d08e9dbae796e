namespace ControlPlane.Adapters.CloudFoundry.Controller.Objects;

/// <summary>Something that a list of the API holds.</summary>
internal interface IResource
{
    string Guid { get; }
}

/// <summary>What users write onto a resource.</summary>
internal sealed record MetadataObject
{
    public Dictionary<string, string?>? Labels { get; set; }

    public Dictionary<string, string?>? Annotations { get; set; }
}

internal sealed record OrganizationObject : IResource
{
    public required string Guid { get; set; }

    public required string Name { get; set; }

    public MetadataObject? Metadata { get; set; }
}

internal sealed record SpaceObject : IResource
{
    public required string Guid { get; set; }

    public required string Name { get; set; }

    public MetadataObject? Metadata { get; set; }

    public RelationshipsObject? Relationships { get; set; }
}

internal sealed record AppObject : IResource
{
    public required string Guid { get; set; }

    public required string Name { get; set; }

    /// <summary><c>STARTED</c> or <c>STOPPED</c>: what its owner wants.</summary>
    public string? State { get; set; }

    public MetadataObject? Metadata { get; set; }

    public RelationshipsObject? Relationships { get; set; }
}

/// <summary>A kind of program of an app: <c>web</c>, <c>worker</c>.</summary>
internal sealed record ProcessObject : IResource
{
    public required string Guid { get; set; }

    public required string Type { get; set; }

    /// <summary>How many are wanted.</summary>
    public int Instances { get; set; }

    public RelationshipsObject? Relationships { get; set; }
}

internal sealed record RelationshipsObject
{
    public ToOne? App { get; set; }

    public ToOne? Space { get; set; }

    public ToOne? Organization { get; set; }
}

internal sealed record ToOne
{
    public Reference? Data { get; set; }
}

internal sealed record Reference
{
    public string? Guid { get; set; }
}

internal sealed record RouteObject : IResource
{
    public required string Guid { get; set; }

    /// <summary><c>http</c> or <c>tcp</c>.</summary>
    public string? Protocol { get; set; }

    /// <summary>Host, domain and path, without scheme.</summary>
    public string? Url { get; set; }

    public List<DestinationObject>? Destinations { get; set; }
}

/// <summary>A process that a route leads to.</summary>
internal sealed record DestinationObject
{
    public DestinationApp? App { get; set; }

    /// <summary>Of the container; null: that of its kind, 8080 for buildpacks.</summary>
    public int? Port { get; set; }

    /// <summary><c>http1</c>, <c>http2</c> or <c>tcp</c>.</summary>
    public string? Protocol { get; set; }
}

internal sealed record DestinationApp
{
    public string? Guid { get; set; }

    public ProcessReference? Process { get; set; }
}

internal sealed record ProcessReference
{
    public string? Type { get; set; }
}
