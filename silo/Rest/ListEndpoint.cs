using System.Globalization;
using System.Text;
using ControlPlane.Silo.Rest.Views;
using Microsoft.OpenApi;

namespace ControlPlane.Silo.Rest;

/// <summary>A list over REST: filters by query parameters, pages by <c>limit</c> and <c>continue</c>, and refuses parameters that it does not know.</summary>
/// <param name="key">What the items are sorted by, unique: a page begins after the last key of the one before, whatever has changed in between.</param>
internal sealed class ListEndpoint<T>(Func<T, string> key, params IReadOnlyList<Filter<T>> filters)
{
    public const int DefaultLimit = 500;
    public const int MaxLimit = 5000;

    /// <summary>Answers a request with what the items are now.</summary>
    public IResult Answer(HttpRequest request, IEnumerable<T> items)
    {
        int limit = DefaultLimit;
        string after = "";
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in request.Query)
        {
            string value = values.ToString();
            if (name == "limit")
            {
                if (!int.TryParse(value, CultureInfo.InvariantCulture, out limit) || limit is < 1 or > MaxLimit)
                {
                    return Refuse($"limit is '{value}': a number from 1 to {MaxLimit} is expected");
                }
            }
            else if (name == "continue")
            {
                if (!TryDecode(value, out after))
                {
                    return Refuse($"continue is '{value}': the value that the page before gave is expected");
                }
            }
            else if (filters.FirstOrDefault(filter => filter.Name == name) is { } filter)
            {
                if (filter.Values.Count > 0 && !filter.Values.Contains(value, StringComparer.OrdinalIgnoreCase))
                {
                    return Refuse($"{name} is '{value}': one of {string.Join(", ", filter.Values)} is expected");
                }
                items = items.Where(item => filter.Matches(item, value));
            }
            else
            {
                return Refuse($"the parameter '{name}' is not known: {string.Join(", ", filters.Select(known => known.Name).Concat(["limit", "continue"]))} are");
            }
        }
        T[] all = [.. items.OrderBy(key, StringComparer.Ordinal)];
        T[] rest = after.Length == 0 ? all : [.. all.SkipWhile(item => string.CompareOrdinal(key(item), after) <= 0)];
        T[] page = rest[..Math.Min(limit, rest.Length)];
        string? next = page.Length < rest.Length ? Convert.ToBase64String(Encoding.UTF8.GetBytes(key(page[^1]))) : null;
        return new EntityResult<Page<T>>(new Page<T>(page, all.Length, next));
    }

    /// <summary>Describes the parameters in the OpenAPI document.</summary>
    public RouteHandlerBuilder Describe(RouteHandlerBuilder endpoint) => endpoint
        .Produces<Page<T>>().ProducesProblem(StatusCodes.Status400BadRequest)
        .AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Parameters ??= [];
            foreach (Filter<T> filter in filters)
            {
                operation.Parameters.Add(Parameter(filter.Name, filter.Description, new OpenApiSchema
                {
                    Type = JsonSchemaType.String,
                    Enum = filter.Values.Count == 0 ? null : [.. filter.Values.Select(value => (System.Text.Json.Nodes.JsonNode)value)],
                }));
            }
            operation.Parameters.Add(Parameter("limit", $"How many items a page has at most: 1 to {MaxLimit}, {DefaultLimit} if not said.", new OpenApiSchema
            {
                Type = JsonSchemaType.Integer,
                Minimum = "1",
                Maximum = MaxLimit.ToString(CultureInfo.InvariantCulture),
            }));
            operation.Parameters.Add(Parameter("continue", "What the page before gave.", new OpenApiSchema { Type = JsonSchemaType.String }));
            return Task.CompletedTask;
        });

    private static OpenApiParameter Parameter(string name, string description, OpenApiSchema schema) =>
        new() { Name = name, In = ParameterLocation.Query, Description = description, Schema = schema };

    private static IResult Refuse(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: "The query is not valid");

    private static bool TryDecode(string value, out string key)
    {
        byte[] bytes = new byte[value.Length];
        bool isValid = Convert.TryFromBase64String(value, bytes, out int length);
        key = Encoding.UTF8.GetString(bytes, 0, length);
        return isValid && length > 0;
    }
}
