using System.Runtime.CompilerServices;

namespace ControlPlane.Adapters.Aws.Protocols;

/// <summary>Lists that come in pages.</summary>
internal static class AwsPages
{
    /// <param name="read">Reads the page of a token; null: the first.</param>
    /// <param name="next">The token of the page that follows; null or empty: it was the last.</param>
    /// <exception cref="AwsException">A page could not be read: what came before it is not the whole.</exception>
    public static async IAsyncEnumerable<TPage> ReadAsync<TPage>(
        string operation,
        Func<string?, CancellationToken, Task<TPage>> read,
        Func<TPage, string?> next,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? token = null;
        do
        {
            TPage page = await read(token, cancellationToken);
            yield return page;
            string? following = next(page);
            if (following is { Length: > 0 } && following == token)
            {
                throw new AwsException($"{operation} answers the same page again and again");
            }
            token = following;
        }
        while (token is { Length: > 0 });
    }
}
