using ControlPlane.Silo.Hosting.Database;

namespace ControlPlane.Silo.Rest;

/// <summary>What grains, or the database that they store in, cannot do now is 503 with the reason, and not an error of this process.</summary>
internal sealed class GrainFailures(RegionDatabase database) : IEndpointFilter
{
    /// <inheritdoc/>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or BadHttpRequestException)
            && (exception is IOException or TimeoutException || database.Problem is not null))
        {
            return Results.Problem(database.Problem ?? exception.Message, statusCode: StatusCodes.Status503ServiceUnavailable, title: "Cannot be done now");
        }
    }
}
