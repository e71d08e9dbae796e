using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;

namespace ControlPlane.Adapters.Aws.Client;

/// <summary>The error in an answer, whichever protocol it came by.</summary>
/// <param name="Code">Without namespaces and links around it; empty: the answer names none.</param>
/// <param name="Message">In the service's words; may be empty.</param>
internal readonly record struct AwsError(string Code, string Message)
{
    public static AwsError Read(HttpResponseHeaders headers, ReadOnlyMemory<byte> body)
    {
        AwsError error = Body(body);
        // REST-JSON names it in a header: "ResourceNotFoundException:http://...".
        return headers.TryGetValues("x-amzn-errortype", out IEnumerable<string>? types) && types.FirstOrDefault() is { Length: > 0 } type
            ? error with { Code = Plain(type) }
            : error;
    }

    private static AwsError Body(ReadOnlyMemory<byte> body)
    {
        try
        {
            return body.Span.TrimStart(" \r\n\t"u8) switch
            {
                [(byte)'{', ..] => Json(body),
                [(byte)'<', ..] => Xml(body),
                _ => default(AwsError) with { Code = "", Message = "" },
            };
        }
        catch (Exception error) when (error is JsonException or XmlException)
        {
            // Something between here and the service answered.
            return new AwsError("", "");
        }
    }

    private static AwsError Json(ReadOnlyMemory<byte> body)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        return new AwsError(Plain(Text(document.RootElement, "__type", "code")), Text(document.RootElement, "message", "Message", "errorMessage"));
    }

    private static string Text(JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String)
            {
                return value.GetString()!;
            }
        }
        return "";
    }

    private static AwsError Xml(ReadOnlyMemory<byte> body)
    {
        using var reader = XmlReader.Create(new StringReader(Encoding.UTF8.GetString(body.Span)));
        XElement? error = XDocument.Load(reader).Descendants().FirstOrDefault(element => element.Name.LocalName == "Error");
        string Of(string name) => error?.Elements().FirstOrDefault(child => child.Name.LocalName == name)?.Value ?? "";
        return new AwsError(Plain(Of("Code")), Of("Message"));
    }

    /// <summary>Cuts <c>com.amazonaws.ecs#</c> before and <c>:http://...</c> after, and <c>Client.</c>, the old manner of EC2.</summary>
    private static string Plain(string code)
    {
        code = code[(code.IndexOf('#', StringComparison.Ordinal) + 1)..].Split(':')[0].Trim();
        return code.StartsWith("Client.", StringComparison.Ordinal) ? code["Client.".Length..] : code;
    }
}
