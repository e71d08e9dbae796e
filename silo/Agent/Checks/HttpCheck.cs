namespace ControlPlane.Silo.Agent.Checks;

/// <summary>A GET that is answered with 2xx or 3xx.</summary>
internal sealed class HttpCheck(Uri url, HttpClient http) : IHealthCheck
{
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)response.StatusCode is >= 200 and < 400 ? null : $"{url} answers {(int)response.StatusCode}";
        }
        catch (HttpRequestException error)
        {
            return $"{url}: {error.Message}";
        }
    }
}
