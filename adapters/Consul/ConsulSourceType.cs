using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Consul.Access;
using ControlPlane.Adapters.Consul.Client;
using ControlPlane.Adapters.Sources;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Consul;

/// <summary><c>spec.consul</c> of a Source: the catalog of a Consul datacenter. See docs/sources/consul.md.</summary>
public sealed class ConsulSourceType : SourceType<ConsulAccess>
{
    private static readonly Dictionary<string, ConsulConsistency> Consistencies = Enum.GetValues<ConsulConsistency>()
        .ToDictionary(consistency => consistency.ToString().ToLowerInvariant(), StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override string Name => "consul";

    protected override ConsulAccess Read(FieldReader settings)
    {
        var access = new ConsulAccess
        {
            Address = settings.Url("address", required: true) ?? new Uri("http://localhost"),
            AuthorityFile = settings.Text("caFile", Names.NotEmpty),
            CertificateFile = settings.Text("certificateFile", Names.NotEmpty),
            KeyFile = settings.Text("keyFile", Names.NotEmpty),
            TokenFile = settings.Text("tokenFile", Names.NotEmpty),
            TokenVariable = settings.Text("tokenVariable", Names.NotEmpty),
            Datacenter = settings.Text("datacenter", Names.NotEmpty),
            Partition = settings.Text("partition", Names.NotEmpty),
            Namespace = settings.Text("namespace", Names.NotEmpty),
            Consistency = settings.Choice("consistency", Consistencies) ?? ConsulConsistency.Default,
        };
        if (access is { TokenFile: not null, TokenVariable: not null })
        {
            settings.Refuse("tokenVariable", "there is also the field tokenFile: remove one");
        }
        return access;
    }

    protected override IDiscoveryAdapter Create(ConsulAccess settings, Source source, SourceContext context)
    {
        var times = new ConsulTimes();
        return context.Adapt(new ConsulRegistry(new ConsulClient(settings, times, context.Time, context.Calls), times, context.Time), source);
    }
}
