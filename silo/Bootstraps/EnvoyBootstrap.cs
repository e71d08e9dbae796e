using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ControlPlane.Xds.Resources.Naming;

namespace ControlPlane.Silo.Bootstraps;

/// <summary>Envoy's bootstrap, as YAML with the reasons for what it sets.</summary>
internal static class EnvoyBootstrap
{
    private static readonly JsonSerializerOptions Quoting = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(BootstrapOptions options) =>
        $$"""
        # Run with: envoy -c THIS_FILE --disable-hot-restart
        {{(options.Token is null ? "" : "# It holds a token with which anybody is this workload: readable by Envoy's user alone (chmod 600).\n")}}node:
          id: {{Quote(options.Node)}}
          cluster: {{Quote(options.Metadata.Cluster)}}
          locality: {{NodeMetadata.Locality(options.Locality).ToJsonString(Quoting)}}
          metadata: {{NodeMetadata.Write(options.Metadata).ToJsonString(Quoting)}}
        {{Admin(options.Admin)}}
        dynamic_resources:
          ads_config:
            api_type: {{(options.IsSotw ? "GRPC" : "DELTA_GRPC")}}
            transport_api_version: V3
            # The node is 60 KB: not with every acknowledgement.
            set_node_on_first_message_only: true
            grpc_services:
            - envoy_grpc:
                cluster_name: control_plane
                # Without it a fleet stays away for up to half a minute after an outage.
                retry_policy:
                  retry_back_off: {base_interval: 0.1s, max_interval: 0.5s}
        {{Token(options.Token)}}  cds_config: {ads: {}, resource_api_version: V3}
          lds_config: {ads: {}, resource_api_version: V3}
        static_resources:
          clusters:
          - name: control_plane
            type: {{Discovery(options)}}
            connect_timeout: 1s
            load_assignment:
              cluster_name: control_plane
              endpoints:
              - lb_endpoints:
        {{string.Join('\n', options.Servers.Select(Server))}}
            typed_extension_protocol_options:
              envoy.extensions.upstreams.http.v3.HttpProtocolOptions:
                "@type": type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions
                explicit_http_config:
                  # Pings: a control plane that is frozen or cut off is not noticed otherwise.
                  http2_protocol_options:
                    connection_keepalive: {interval: 5s, timeout: 5s}
        {{Tls(options)}}{{Secrets(options)}}bootstrap_extensions:
        - name: envoy.bootstrap.internal_listener
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.bootstrap.internal_listener.v3.InternalListener

        """;

    private static string Token(string? token) => token is null
        ? ""
        : $$"""
                 initial_metadata:
                 - {key: authorization, value: {{Quote($"Bearer {token}")}}}

           """;

    private static string ClientCertificate(BootstrapOptions options) => options.ClientCertificate is not (var certificate, var key)
        ? ""
        : $$"""
                     tls_certificates:
                     - certificate_chain: {filename: {{Quote(certificate)}}}
                       private_key: {filename: {{Quote(key)}}}

           """;

    private static string Server(DnsEndPoint server) =>
        $$"""
                - endpoint:
                    address:
                      socket_address: {address: {{Quote(server.Host)}}, port_value: {{server.Port}}}
        """;

    private static string Discovery(BootstrapOptions options) =>
        options.Servers.All(server => IPAddress.TryParse(server.Host, out _)) ? "STATIC" : "STRICT_DNS";

    private static string Admin(IPEndPoint? admin) => admin is null
        ? "# No admin interface."
        : $$"""
           admin:
             address:
               socket_address: {address: {{Quote(admin.Address.ToString())}}, port_value: {{admin.Port}}}
           """;

    private static string Tls(BootstrapOptions options) => options.Authorities is null
        ? ""
        : $$"""
               transport_socket:
                 name: envoy.transport_sockets.tls
                 typed_config:
                   "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext
                   sni: {{Quote(options.Servers[0].Host)}}
                   common_tls_context:
                     alpn_protocols: [h2]
                     # As a client Envoy stops at TLS 1.2 unless told so.
                     tls_params: {tls_maximum_protocol_version: TLSv1_3}
           {{ClientCertificate(options)}}          validation_context:
                       trusted_ca: {filename: {{Quote(options.Authorities)}}}
                       match_typed_subject_alt_names:
           {{string.Join('\n', options.Servers.Select(ServerName))}}

           """;

    // What is called by its URL is verified with what the proxy's own machine trusts: only the bootstrap knows where that is.
    private static string Secrets(BootstrapOptions options) => options.SystemAuthorities is not { Length: > 0 } file
        ? ""
        : $$"""
             secrets:
             - name: {{EnvoyNames.SystemAuthorities}}
               validation_context:
                 trusted_ca: {filename: {{Quote(file)}}}

           """;

    private static string ServerName(DnsEndPoint server) =>
        $$"""
                       - san_type: {{(IPAddress.TryParse(server.Host, out _) ? "IP_ADDRESS" : "DNS")}}
                         matcher: {exact: {{Quote(server.Host)}}}
           """;

    private static string Quote(string text) => JsonValue.Create(text).ToJsonString(Quoting);
}
