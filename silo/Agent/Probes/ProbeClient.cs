using System.Net.Http.Headers;
using ControlPlane.Silo.Rest;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Agent.Probes;

/// <summary>Asks a control plane what to probe, and reports to it.</summary>
/// <param name="tokenFile">A bearer token, read for each report; null: none.</param>
internal sealed class ProbeClient(HttpClient http, string? tokenFile)
{
    private const int LongestAnswer = 500;

    /// <exception cref="HttpRequestException">There is no answer, or it is an error.</exception>
    public async Task<ProbeTargets> TargetsAsync(string network, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await http.GetAsync(new Uri($"{RestApi.Prefix}/probes/targets?network={Uri.EscapeDataString(network)}", UriKind.Relative), cancellationToken);
        await EnsureTakenAsync(response, cancellationToken);
        return await response.Content.ReadFromJsonAsync<ProbeTargets>(RestJson.Options, cancellationToken) ?? throw new HttpRequestException("the control plane answers nothing");
    }

    /// <exception cref="HttpRequestException">It is not taken.</exception>
    public async Task ReportAsync(string prober, ProbeBody body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri($"{RestApi.Prefix}/probes/{Uri.EscapeDataString(prober)}", UriKind.Relative));
        request.Content = JsonContent.Create(body, options: RestJson.Options);
        if (tokenFile is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(tokenFile, cancellationToken)).Trim());
        }
        using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
        await EnsureTakenAsync(response, cancellationToken);
    }

    private static async Task EnsureTakenAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            // Problem details: they say what is wrong.
            string answer = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new HttpRequestException($"{(int)response.StatusCode} {(answer.Length <= LongestAnswer ? answer : answer[..LongestAnswer])}", null, response.StatusCode);
        }
    }
}
