using ControlPlane.Xds.Resources.Naming;
using Envoy.Config.Core.V3;
using Envoy.Extensions.Filters.Http.Lua.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf.WellKnownTypes;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>The header in which gateways say whom they call for. From nobody else it is believed.</summary>
internal static class CallerHeader
{
    public const string Name = "x-controlplane-caller";

    /// <summary>Takes the header from requests of peers that are no gateway of the mesh, or have no certificate.</summary>
    public static HttpFilter Filter(string trustDomain) => new()
    {
        Name = "envoy.filters.http.lua",
        TypedConfig = Any.Pack(new Lua { DefaultSourceCode = new DataSource { InlineString = Script(SpiffeIds.Gateways(trustDomain)) } }),
    };

    private static string Script(string gateways) =>
        $$"""
        function envoy_on_request(handle)
          if handle:headers():get("{{Name}}") == nil then return end
          local tls = handle:streamInfo():downstreamSslConnection()
          if tls ~= nil then
            for _, id in ipairs(tls:uriSanPeerCertificate()) do
              if string.sub(id, 1, {{gateways.Length}}) == "{{gateways}}" then return end
            end
          end
          handle:headers():remove("{{Name}}")
        end
        """;
}
