using System.Globalization;
using System.Text.Json.Serialization.Metadata;
using ControlPlane.Adapters.CloudFoundry.Controller.Objects;

namespace ControlPlane.Adapters.CloudFoundry.Controller;

/// <summary>
/// Whole lists. Pages are numbered, so that something that goes while they are read moves all that follow it: a list whose pages do not fit each other
/// is read anew, and one that never does fails.
/// </summary>
internal static class Lists
{
    private const int Readings = 3;

    /// <param name="name"><c>apps</c>: the path under <c>/v3</c>.</param>
    /// <param name="filters">Ready for a query; empty: none.</param>
    /// <exception cref="CloudFoundryException">A page could not be read, or they do not fit.</exception>
    public static async Task<IReadOnlyList<T>> ReadAsync<T>(
        ControllerClient client, string name, string filters, int pageSize, JsonTypeInfo<Page<T>> type, CancellationToken cancellationToken)
        where T : class, IResource
    {
        for (int reading = 1; ; reading++)
        {
            var found = new Dictionary<string, T>(StringComparer.Ordinal);
            if (await TryReadAsync(client, name, filters, pageSize, type, found, cancellationToken))
            {
                return [.. found.Values];
            }
            if (reading == Readings)
            {
                throw new CloudFoundryException($"{client.Who}: the pages of {name} do not fit each other: it changes faster than it can be read");
            }
        }
    }

    private static async Task<bool> TryReadAsync<T>(
        ControllerClient client, string name, string filters, int pageSize, JsonTypeInfo<Page<T>> type, Dictionary<string, T> found, CancellationToken cancellationToken)
        where T : class, IResource
    {
        string query = string.Create(CultureInfo.InvariantCulture, $"?per_page={pageSize}&order_by=created_at{(filters.Length == 0 ? "" : $"&{filters}")}");
        int? total = null;
        while (true)
        {
            Page<T> page = await client.GetAsync(name, $"v3/{name}{query}", type, cancellationToken);
            int before = found.Count;
            foreach (T resource in page.Resources)
            {
                found[resource.Guid] = resource;
            }
            total ??= page.Pagination.TotalResults;
            if (page.Pagination.Next?.Href is not { } next)
            {
                return total == page.Pagination.TotalResults && found.Count == total;
            }
            // Of the link only the query: another host would get the token, too.
            int mark = next.IndexOf('?', StringComparison.Ordinal);
            if (total != page.Pagination.TotalResults || found.Count == before || mark < 0)
            {
                return false;
            }
            query = next[mark..];
        }
    }
}
