using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ControlPlane.Adapters.Aws.Client;

namespace ControlPlane.Adapters.Aws.Protocols;

/// <summary>The protocol JSON 1.1: ECS, Cloud Map.</summary>
/// <param name="client">Not disposed of.</param>
/// <param name="service"><c>ecs</c>.</param>
/// <param name="target">What stands before the operation's name in <c>X-Amz-Target</c>: <c>AmazonEC2ContainerServiceV20141113</c>.</param>
public sealed class AwsJson(AwsClient client, string service, string target)
{
    /// <param name="hostPrefix">See <see cref="AwsOperation.HostPrefix"/>.</param>
    /// <exception cref="AwsException"/>
    public Task<TAnswer> CallAsync<TRequest, TAnswer>(
        string operation,
        TRequest request,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<TAnswer> answerType,
        CancellationToken cancellationToken,
        string hostPrefix = "") =>
        client.SendAsync(
            new AwsRequest
            {
                Operation = new AwsOperation(service, operation, hostPrefix),
                Body = JsonSerializer.SerializeToUtf8Bytes(request, requestType),
                ContentType = "application/x-amz-json-1.1",
                JsonTarget = $"{target}.{operation}",
            },
            body => JsonAnswer.Read(body, answerType),
            cancellationToken);

    /// <summary>All pages of a list, one after the other.</summary>
    /// <param name="request">The request for the page of a token; null: for the first.</param>
    /// <param name="next">The token of the page that follows.</param>
    /// <exception cref="AwsException">One page could not be read: what came before it is not the whole.</exception>
    public IAsyncEnumerable<TAnswer> PagesAsync<TRequest, TAnswer>(
        string operation,
        Func<string?, TRequest> request,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<TAnswer> answerType,
        Func<TAnswer, string?> next,
        CancellationToken cancellationToken) =>
        AwsPages.ReadAsync(
            $"{service}:{operation}", (token, stop) => CallAsync(operation, request(token), requestType, answerType, stop), next, cancellationToken);
}
