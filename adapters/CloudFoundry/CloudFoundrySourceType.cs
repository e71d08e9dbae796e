using ControlPlane.Adapters.CloudFoundry.Access;
using ControlPlane.Adapters.CloudFoundry.Apps;
using ControlPlane.Adapters.CloudFoundry.Controller;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Adapters.Instances;
using ControlPlane.Adapters.Sources;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.CloudFoundry;

/// <summary><c>spec.cloudFoundry</c> of a Source: the apps of a foundation. See docs/sources/cloud-foundry.md.</summary>
public sealed class CloudFoundrySourceType : SourceType<CloudFoundrySettings>
{
    /// <inheritdoc/>
    public override string Name => "cloudFoundry";

    /// <inheritdoc/>
    public override TimeSpan? Refresh => TimeSpan.FromSeconds(30);

    protected override CloudFoundrySettings Read(FieldReader settings)
    {
        ControllerAccess? api = settings.Has("api") ? ReadApi(settings) : null;
        if (api is null)
        {
            // Each of them means nothing without the Cloud Controller.
            foreach (string field in (string[])["uaa", "clientId", "clientSecretFile", "username", "passwordFile", "caFile", "organizations", "spaces"])
            {
                if (settings.Has(field))
                {
                    settings.Refuse(field, "there is no api, which it belongs to: add that, or remove this");
                }
            }
            if (!settings.Has("nats"))
            {
                settings.Refuse("", "expected api, the Cloud Controller, or nats, where routes are registered, or both");
            }
        }
        return new CloudFoundrySettings
        {
            Api = api,
            Nats = settings.Has("nats") ? ReadNats(settings.Mapping("nats")) : null,
            Organizations = settings.Texts("organizations", Names.NotEmpty),
            Spaces = settings.Texts("spaces", Names.NotEmpty),
        };
    }

    protected override IDiscoveryAdapter Create(CloudFoundrySettings settings, Source source, SourceContext context) =>
        context.Adapt(Registry(settings, new CloudFoundryTimes(), RefreshOf(source), context), source);

    internal static IInstanceRegistry Registry(CloudFoundrySettings settings, CloudFoundryTimes times, TimeSpan rest, SourceContext context)
    {
        CatalogReader? catalog = settings.Api is { } api
            ? new CatalogReader(new ControllerClient(api, times, context.Time, context.Calls), settings, times, context.Time)
            : null;
        return settings.Nats is { } nats
            ? new RouteRegistry(nats, catalog, times, rest, context)
            : new CatalogRegistry(catalog!, rest, context.Time);
    }

    private static ControllerAccess ReadApi(FieldReader settings)
    {
        var access = new ControllerAccess
        {
            Address = settings.Url("api") ?? new Uri("http://localhost"),
            Uaa = settings.Url("uaa"),
            ClientId = settings.Text("clientId", Names.NotEmpty),
            ClientSecretFile = settings.Text("clientSecretFile", Names.NotEmpty),
            Username = settings.Text("username", Names.NotEmpty),
            PasswordFile = settings.Text("passwordFile", Names.NotEmpty),
            AuthoritiesFile = settings.Text("caFile", Names.NotEmpty),
        };
        bool isClient = access is { ClientId: not null, ClientSecretFile: not null, Username: null, PasswordFile: null };
        bool isUser = access is { ClientId: null, ClientSecretFile: null, Username: not null, PasswordFile: not null };
        if (!isClient && !isUser)
        {
            settings.Refuse("api", "expected clientId and clientSecretFile, or username and passwordFile, beside it");
        }
        return access;
    }

    private static NatsAccess ReadNats(FieldReader nats)
    {
        var access = new NatsAccess
        {
            Servers = nats.Texts("servers"),
            Username = nats.Text("username", Names.NotEmpty),
            PasswordFile = nats.Text("passwordFile", Names.NotEmpty),
            TokenFile = nats.Text("tokenFile", Names.NotEmpty),
            CredentialsFile = nats.Text("credentialsFile", Names.NotEmpty),
            AuthoritiesFile = nats.Text("caFile", Names.NotEmpty),
            CertificateFile = nats.Text("certificateFile", Names.NotEmpty),
            KeyFile = nats.Text("keyFile", Names.NotEmpty),
        };
        if (access.Servers.IsEmpty)
        {
            nats.Refuse("servers", "missing: a list of servers was expected, with at least one");
        }
        for (int i = 0; i < access.Servers.Count; i++)
        {
            // What is wrong is not repeated: it may hold a password.
            if (!NatsAccess.IsServer(access.Servers[i]))
            {
                nats.Problems.Add(nats.LineOf("servers"), nats.PathOf($"servers[{i}]"), "expected a server such as nats://host:4222 or tls://host:4224, without user and password");
            }
        }
        if (access.Username is null != access.PasswordFile is null)
        {
            nats.Refuse("username", "username and passwordFile belong together");
        }
        if (((string?[])[access.PasswordFile, access.TokenFile, access.CredentialsFile]).Count(file => file is not null) > 1)
        {
            nats.Refuse("", "expected only one of username with passwordFile, tokenFile, credentialsFile");
        }
        if (access is { CertificateFile: null, KeyFile: not null })
        {
            nats.Refuse("keyFile", "there is no certificateFile, which it belongs to");
        }
        nats.RefuseOthers();
        return access;
    }
}
