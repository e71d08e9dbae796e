using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ControlPlane.Silo.Rest;
using Microsoft.AspNetCore.Mvc;

namespace ControlPlane.Silo.Commands;

/// <summary>Asks a running control plane.</summary>
internal sealed class RestClient(Uri server) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = server };

    /// <summary>All items of a list, page after page.</summary>
    /// <exception cref="InvalidDataException">The server refused, in its words, or could not be reached.</exception>
    public async Task<JsonArray> ListAsync(string list, IEnumerable<KeyValuePair<string, string>> filters, CancellationToken cancellationToken)
    {
        var items = new JsonArray();
        string? next = null;
        do
        {
            IEnumerable<string> query = filters.Append(new("continue", next ?? "")).Where(filter => filter.Value.Length > 0)
                .Select(filter => $"{filter.Key}={Uri.EscapeDataString(filter.Value)}");
            JsonNode page = await GetAsync($"{RestApi.Prefix}/{list}?{string.Join('&', query)}", cancellationToken);
            foreach (JsonNode? item in page["items"]!.AsArray())
            {
                items.Add(item!.DeepClone());
            }
            next = (string?)page["continue"];
        }
        while (next is not null);
        return items;
    }

    public void Dispose() => http.Dispose();

    /// <summary>The answer to one request.</summary>
    /// <exception cref="InvalidDataException">The server refused, in its words, or could not be reached.</exception>
    public async Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await http.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                ProblemDetails? problem = response.Content.Headers.ContentType?.MediaType == "application/problem+json"
                    ? await response.Content.ReadFromJsonAsync<ProblemDetails>(cancellationToken)
                    : null;
                throw new InvalidDataException($"{server} answered {(int)response.StatusCode}: {problem?.Detail ?? problem?.Title ?? response.ReasonPhrase}");
            }
            return await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken) ?? throw new InvalidDataException($"{server} answered nothing");
        }
        catch (HttpRequestException exception)
        {
            throw new InvalidDataException($"{server} cannot be reached: {exception.Message} Is a control plane running there? Name another with --server.", exception);
        }
    }
}
