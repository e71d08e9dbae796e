using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Sources;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Http;

/// <summary><c>spec.http</c> of a Source: instances from any program that answers HTTP. See docs/sources/your-own.md.</summary>
public sealed class HttpSourceType : SourceType<HttpSettings>
{
    /// <inheritdoc/>
    public override string Name => "http";

    /// <inheritdoc/>
    public override TimeSpan? Refresh => TimeSpan.FromSeconds(10);

    protected override HttpSettings Read(FieldReader settings) => new()
    {
        Url = settings.Url("url", required: true) ?? new Uri("http://localhost"),
        TokenFile = settings.Text("tokenFile", Names.NotEmpty),
        AuthoritiesFile = settings.Text("caFile", Names.NotEmpty),
        IsStream = settings.Boolean("stream") ?? false,
        Timeout = TimeSpan.FromSeconds(settings.Number("timeoutSeconds", 1, 600) ?? 30),
    };

    protected override IDiscoveryAdapter Create(HttpSettings settings, Source source, SourceContext context)
    {
        var client = new InstanceClient(settings, context.Calls, context.Time);
        return context.Adapt(settings.IsStream ? new StreamedRegistry(client, context.Time) : new DocumentRegistry(client, RefreshOf(source), context.Time), source);
    }
}
