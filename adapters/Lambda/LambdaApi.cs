using System.Net;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using ControlPlane.Adapters.Aws;
using ControlPlane.Adapters.Aws.Client;
using ControlPlane.Adapters.Aws.Protocols;

namespace ControlPlane.Adapters.Lambda;

/// <summary>The operations of Lambda that are used.</summary>
/// <param name="client">Disposed of with this.</param>
internal sealed class LambdaApi(AwsClient client) : IDisposable
{
    private readonly AwsRestJson api = new(client, "lambda");

    /// <summary>Functions in a page; 50 is the most there is.</summary>
    internal string PageSize { get; init; } = "50";

    /// <summary>Where functions are invoked.</summary>
    public Uri InvokeApi => client.EndpointOf(new AwsOperation("lambda", "Invoke"));

    public void Dispose() => client.Dispose();

    public async Task<List<LambdaFunction>> FunctionsAsync(CancellationToken cancellationToken)
    {
        var all = new List<LambdaFunction>();
        await foreach (FunctionPage page in api.PagesAsync(
            "ListFunctions", ["2015-03-31", "functions", ""], [new("MaxItems", PageSize)], LambdaJson.Default.FunctionPage, page => page.NextMarker, cancellationToken))
        {
            all.AddRange(page.Functions ?? []);
        }
        return all;
    }

    /// <summary>Null: the function went meanwhile.</summary>
    public Task<TagsAnswer?> TagsAsync(LambdaFunction function, CancellationToken cancellationToken) =>
        FindAsync("ListTags", ["2017-03-31", "tags", function.FunctionArn], null, LambdaJson.Default.TagsAnswer, cancellationToken);

    public Task<FunctionState?> StateAsync(LambdaFunction function, string? qualifier, CancellationToken cancellationToken) => FindAsync(
        "GetFunctionConfiguration", ["2015-03-31", "functions", function.FunctionName, "configuration"], qualifier, LambdaJson.Default.FunctionState, cancellationToken);

    /// <summary>Null: there is no such alias.</summary>
    public Task<AliasAnswer?> AliasAsync(LambdaFunction function, string alias, CancellationToken cancellationToken) => FindAsync(
        "GetAlias", ["2015-03-31", "functions", function.FunctionName, "aliases", alias], null, LambdaJson.Default.AliasAnswer, cancellationToken);

    /// <summary>Null: it has none.</summary>
    public Task<UrlAnswer?> UrlAsync(LambdaFunction function, string? qualifier, CancellationToken cancellationToken) => FindAsync(
        "GetFunctionUrlConfig", ["2021-10-31", "functions", function.FunctionName, "url"], qualifier, LambdaJson.Default.UrlAnswer, cancellationToken);

    private async Task<TAnswer?> FindAsync<TAnswer>(
        string operation, IReadOnlyCollection<string> path, string? qualifier, JsonTypeInfo<TAnswer> type, CancellationToken cancellationToken)
        where TAnswer : class
    {
        try
        {
            return await api.GetAsync(operation, path, [new("Qualifier", qualifier)], type, cancellationToken);
        }
        catch (AwsException error) when (error.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }
}

internal sealed record FunctionPage(IReadOnlyList<LambdaFunction>? Functions, string? NextMarker);

internal sealed record LambdaFunction(string FunctionName, string FunctionArn, string? Role);

internal sealed record TagsAnswer(IReadOnlyDictionary<string, string>? Tags);

internal sealed record FunctionState(string? State, string? StateReason);

internal sealed record AliasAnswer(string AliasArn, string FunctionVersion, AliasRouting? RoutingConfig);

internal sealed record AliasRouting(IReadOnlyDictionary<string, double>? AdditionalVersionWeights);

internal sealed record UrlAnswer(string FunctionUrl, string AuthType);

[JsonSerializable(typeof(FunctionPage))]
[JsonSerializable(typeof(TagsAnswer))]
[JsonSerializable(typeof(FunctionState))]
[JsonSerializable(typeof(AliasAnswer))]
[JsonSerializable(typeof(UrlAnswer))]
internal sealed partial class LambdaJson : JsonSerializerContext;
