using System.Globalization;
using System.Net;
using System.Text.Json;

namespace ControlPlane.Adapters.CloudFoundry.Controller;

/// <summary>Says what an answer other than 200 means.</summary>
internal static class ControllerFailure
{
    private const int MaximumText = 200;
    private static readonly TimeSpan LongestAsked = TimeSpan.FromHours(1);

    public static CloudFoundryException Of(string who, string operation, HttpResponseMessage response, ReadOnlyMemory<byte> body, TimeProvider time)
    {
        TimeSpan? wait = Wait(response, time);
        string said = Said(body);
        string reason = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => "the token or the login is not accepted",
            HttpStatusCode.Forbidden => "it may not be read: give whoever logs in the scope cloud_controller.global_auditor, or the role of a space auditor",
            HttpStatusCode.NotFound => "it is not there; is this the address of a Cloud Controller with the v3 API?",
            HttpStatusCode.TooManyRequests => "too many requests" + (wait is { } time1 ? string.Create(CultureInfo.InvariantCulture, $", it asks to wait {Math.Ceiling(time1.TotalSeconds)} s") : ""),
            >= HttpStatusCode.InternalServerError => "it failed",
            _ => "it refuses",
        };
        return new CloudFoundryException($"{who} answers {(int)response.StatusCode} to {operation}: {reason}{(said.Length == 0 ? "" : $" ({said})")}")
        {
            Status = response.StatusCode,
            IsTransient = response.StatusCode == HttpStatusCode.TooManyRequests || (int)response.StatusCode >= 500,
            RetryAfter = wait,
        };
    }

    // Retry-After in seconds or as a date, else X-RateLimit-Reset, seconds since 1970.
    private static TimeSpan? Wait(HttpResponseMessage response, TimeProvider time)
    {
        TimeSpan? asked = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ when response.StatusCode == HttpStatusCode.TooManyRequests && response.Headers.TryGetValues("X-RateLimit-Reset", out IEnumerable<string>? values)
                && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out long reset)
                && reset < DateTimeOffset.MaxValue.ToUnixTimeSeconds() => DateTimeOffset.FromUnixTimeSeconds(reset) - time.GetUtcNow(),
            _ => null,
        };
        return asked is null ? null : asked < TimeSpan.Zero ? TimeSpan.Zero : asked > LongestAsked ? LongestAsked : asked;
    }

    /// <summary>What the Cloud Controller or the UAA says of an error, if it is theirs.</summary>
    private static string Said(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return "";
            }
            string said = root.TryGetProperty("errors", out JsonElement errors) && errors.ValueKind == JsonValueKind.Array && errors.GetArrayLength() > 0
                ? $"{Text(errors[0], "title")}: {Text(errors[0], "detail")}"
                : Text(root, "error_description");
            said = said.ReplaceLineEndings(" ").Trim(' ', ':');
            return said.Length <= MaximumText ? said : said[..MaximumText] + "...";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private static string Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
