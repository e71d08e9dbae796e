using System.Net;
using System.Net.Http.Headers;
using ControlPlane.Model;
using ControlPlane.Silo.Rest;

namespace ControlPlane.Silo.Agent;

/// <summary>Registers at a control plane.</summary>
/// <param name="tokenFile">A bearer token, read for each request; null: none.</param>
internal sealed class RegistrationClient(HttpClient http, string? tokenFile)
{
    /// <exception cref="HttpRequestException">It is not taken: there is no answer, or it is an error.</exception>
    public async Task RegisterAsync(string id, RegistrationBody body, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Put, id, "", body, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <returns>False: it is not registered any more.</returns>
    /// <exception cref="HttpRequestException">It is not taken.</exception>
    public async Task<bool> RenewAsync(string id, Health health, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, id, "/heartbeat", new HeartbeatBody(health), cancellationToken);
        return response.StatusCode != HttpStatusCode.NotFound && response.EnsureSuccessStatusCode().IsSuccessStatusCode;
    }

    public async Task DrainAsync(string id, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync<object>(HttpMethod.Post, id, "/drain", null, cancellationToken);
    }

    public async Task DeregisterAsync(string id, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await SendAsync<object>(HttpMethod.Delete, id, "", null, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync<T>(HttpMethod method, string id, string action, T? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri($"{RestApi.Prefix}/registrations/{Uri.EscapeDataString(id)}{action}", UriKind.Relative));
        request.Content = body is null ? null : JsonContent.Create(body, options: RestJson.Options);
        if (tokenFile is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(tokenFile, cancellationToken)).Trim());
        }
        return await http.SendAsync(request, cancellationToken);
    }
}
