using System.Text.Json.Serialization.Metadata;
using ControlPlane.Adapters.Aws.Client;

namespace ControlPlane.Adapters.Aws.Protocols;

/// <summary>The protocol REST-JSON, of which reading is here: Lambda.</summary>
/// <param name="client">Not disposed of.</param>
/// <param name="service"><c>lambda</c>.</param>
public sealed class AwsRestJson(AwsClient client, string service)
{
    /// <param name="operation">As IAM names it: <c>ListFunctions</c>.</param>
    /// <param name="path">The parts of the path, not encoded. One that is empty at the end makes a slash there.</param>
    /// <param name="query">Parameters, not encoded; those whose value is null are left out.</param>
    /// <exception cref="AwsException"/>
    public Task<TAnswer> GetAsync<TAnswer>(
        string operation,
        IEnumerable<string> path,
        IEnumerable<KeyValuePair<string, string?>> query,
        JsonTypeInfo<TAnswer> answerType,
        CancellationToken cancellationToken) =>
        client.SendAsync(
            new AwsRequest { Operation = new AwsOperation(service, operation), Method = HttpMethod.Get, Target = Target(path, query) },
            body => JsonAnswer.Read(body, answerType),
            cancellationToken);

    /// <summary>All pages of a list, one after the other.</summary>
    /// <param name="next">The marker of the page that follows.</param>
    /// <param name="marker">The parameter that carries the marker.</param>
    /// <exception cref="AwsException">One page could not be read: what came before it is not the whole.</exception>
    public IAsyncEnumerable<TAnswer> PagesAsync<TAnswer>(
        string operation,
        IReadOnlyCollection<string> path,
        IReadOnlyCollection<KeyValuePair<string, string?>> query,
        JsonTypeInfo<TAnswer> answerType,
        Func<TAnswer, string?> next,
        CancellationToken cancellationToken,
        string marker = "Marker") =>
        AwsPages.ReadAsync(
            $"{service}:{operation}",
            (token, stop) => GetAsync(operation, path, query.Append(new(marker, token)), answerType, stop),
            next,
            cancellationToken);

    private static string Target(IEnumerable<string> path, IEnumerable<KeyValuePair<string, string?>> query)
    {
        string all = string.Join('&', query.Where(pair => pair.Value is not null)
            .Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value!)}"));
        string place = "/" + string.Join('/', path.Select(Uri.EscapeDataString));
        return all.Length == 0 ? place : $"{place}?{all}";
    }
}
