using System.Buffers.Text;
using System.IO.Hashing;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace ControlPlane.Silo.Rest;

/// <summary>A JSON answer with a strong entity tag, the hash of its bytes: 304 to who has it (RFC 9110, section 13).</summary>
internal sealed class EntityResult<T>(T value) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(value, RestJson.Options);
        var tag = new EntityTagHeaderValue($"\"{Base64Url.EncodeToString(XxHash3.Hash(body))}\"");
        HttpResponse response = httpContext.Response;
        response.GetTypedHeaders().ETag = tag;
        response.Headers.CacheControl = "no-cache";
        if (httpContext.Request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, httpContext.RequestAborted);
    }
}
