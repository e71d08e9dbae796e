using System.Globalization;
using System.Net.Http.Headers;
using ControlPlane.Adapters.Consul.Access;

namespace ControlPlane.Adapters.Consul.Client;

/// <summary>What the headers of an answer say of it.</summary>
internal static class ConsulHeaders
{
    /// <exception cref="ConsulException">The answer is not the whole truth.</exception>
    public static void Check(ConsulAccess access, string operation, HttpResponseHeaders headers)
    {
        if (Is(headers, "X-Consul-Results-Filtered-By-ACLs", "true"))
        {
            throw new ConsulException(
                $"Consul at {access.Address.Authority}: the token may not see all of {operation}: give it node_prefix \"\" and service_prefix \"\" with policy = \"read\"");
        }
        if (Is(headers, "X-Consul-KnownLeader", "false"))
        {
            // It may be a server that has just started and has not caught up.
            throw new ConsulException($"Consul at {access.Address.Authority} has no cluster leader: what it answers may be old") { IsTransient = true };
        }
    }

    /// <summary>At least 1, so that the next query waits.</summary>
    /// <exception cref="ConsulException">There is none.</exception>
    public static ulong Index(ConsulAccess access, HttpResponseHeaders headers) =>
        headers.TryGetValues("X-Consul-Index", out IEnumerable<string>? values) &&
        ulong.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong index)
            ? Math.Max(1, index)
            : throw new ConsulException($"the answer of {access.Address.Authority} has no X-Consul-Index: it is not Consul's");

    private static bool Is(HttpResponseHeaders headers, string name, string value) =>
        headers.TryGetValues(name, out IEnumerable<string>? values) && values.Contains(value, StringComparer.OrdinalIgnoreCase);
}
