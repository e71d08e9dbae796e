using System.Net;
using ControlPlane.Adapters.Consul.Access;

namespace ControlPlane.Adapters.Consul.Client;

/// <summary>Says what an answer other than 200 means.</summary>
internal static class ConsulFailure
{
    private const int MaximumText = 4096;

    public static async Task<ConsulException> OfAsync(
        ConsulAccess access, string operation, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string said = await TextAsync(response.Content, cancellationToken);
        string reason = Reason(access, response.StatusCode, said);
        return new ConsulException(
            $"Consul at {access.Address.Authority} answers {(int)response.StatusCode} to {operation}: {reason}{(said.Length == 0 ? "" : $" ({said})")}")
        {
            Status = response.StatusCode,
            IsTransient = response.StatusCode == HttpStatusCode.TooManyRequests || (int)response.StatusCode >= 500,
            RetryAfter = response.Headers.RetryAfter?.Delta,
        };
    }

    private static string Reason(ConsulAccess access, HttpStatusCode status, string said) => status switch
    {
        HttpStatusCode.Forbidden => access.TokenFile is null && access.TokenVariable is null
            ? "a token is needed: configure one that may read nodes and services"
            : "the token is not accepted, or lacks permission to read nodes and services",
        HttpStatusCode.NotFound => "it is not there; is this the address of a Consul agent?",
        HttpStatusCode.TooManyRequests => "too many requests or connections (limits.http_max_conns_per_client)",
        _ when said.Contains("No cluster leader", StringComparison.OrdinalIgnoreCase) => "its servers have no leader",
        _ when said.Contains("No path to datacenter", StringComparison.OrdinalIgnoreCase) => $"it does not know the datacenter {access.Datacenter}",
        _ when (int)status >= 500 => "its servers failed",
        _ => "it refuses",
    };

    private static async Task<string> TextAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            await using Stream body = await content.ReadAsStreamAsync(cancellationToken);
            byte[] buffer = new byte[MaximumText];
            int length = await body.ReadAtLeastAsync(buffer, MaximumText, throwOnEndOfStream: false, cancellationToken);
            string text = System.Text.Encoding.UTF8.GetString(buffer.AsSpan(0, length)).ReplaceLineEndings(" ").Trim();
            return text.Length <= 300 ? text : text[..300] + "...";
        }
        catch (Exception error) when (error is IOException or HttpRequestException)
        {
            return "";
        }
    }
}
