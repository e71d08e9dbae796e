using ControlPlane.Model;

namespace ControlPlane.Adapters.Instances;

/// <summary>
/// One instance of a service as a registry has it, before names and ports are mapped. What an adapter reports that has instances rather than
/// services with ports of their own.
/// </summary>
public sealed record Instance
{
    /// <summary>Unique among the source's instances. Shown as the workload.</summary>
    public required string Id { get; init; }

    /// <summary>The registry's own name of its service; empty: only attributes say what it serves.</summary>
    public string Service { get; init; } = "";

    /// <summary>The registry's own name of what is around the service (a space, a namespace); empty: none.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>An IPv4 or IPv6 address. Of a function its ARN, or the URL that it is called by.</summary>
    public required string Address { get; init; }

    /// <summary>Where it listens; empty: its attributes or the mapping say it.</summary>
    public ValueList<InstancePort> Ports { get; init; }

    /// <summary>Tags, labels and the like, by <c>scope.name</c>: what templates and selections read, and where our own settings stand.</summary>
    public InstanceAttributes Attributes { get; init; } = InstanceAttributes.None;

    public Health Health { get; init; } = Health.Healthy;

    /// <summary>Relative, 1 or more.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>What is not known of it is the cluster's.</summary>
    public Locality Locality { get; init; } = Locality.Unknown;

    /// <summary>The <c>Cluster</c> object's name where the registry says it; empty: that of the source.</summary>
    public string Cluster { get; init; } = "";

    /// <summary>The identity it runs as, without trust domain. Empty if unknown.</summary>
    public string Identity { get; init; } = "";

    public Speaks Speaks { get; init; } = Speaks.Plaintext;

    /// <summary>Where the invoke API of a function is; empty for all that is called by its address.</summary>
    public string Api { get; init; } = "";
}

/// <summary>A port that an instance listens on.</summary>
/// <param name="Number">1 to 65535.</param>
/// <param name="Name">From which the protocol is known if nothing else says it: <c>http-admin</c>. Empty: none.</param>
/// <param name="Protocol">Null: the registry does not say it.</param>
/// <param name="ServicePort">The port that callers use; 0: the registry does not say it.</param>
public sealed record InstancePort(int Number, string Name = "", Protocol? Protocol = null, int ServicePort = 0);
