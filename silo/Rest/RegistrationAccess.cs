using System.Net;
using System.Security.Cryptography;
using System.Text;
using ControlPlane.Silo.Hosting;

namespace ControlPlane.Silo.Rest;

/// <summary>Who may register: with a token file, whoever has one of its tokens; without, processes of this machine only.</summary>
internal sealed class RegistrationAccess(RunOptions options) : IEndpointFilter
{
    private const string Scheme = "Bearer ";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        HttpContext http = context.HttpContext;
        if (options.RegistrationTokenFile is not { } file)
        {
            return http.Connection.RemoteIpAddress is { } remote && IPAddress.IsLoopback(remote)
                ? await next(context)
                : Results.Problem(
                    "registrations are taken from this machine only: start the control plane with --registration-tokens FILE to take them from others",
                    statusCode: StatusCodes.Status403Forbidden, title: "Not allowed");
        }
        string given = http.Request.Headers.Authorization.ToString();
        // Read anew, so that tokens can be renewed.
        string[] tokens = await File.ReadAllLinesAsync(file, http.RequestAborted);
        bool isKnown = false;
        foreach (string token in tokens.Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            isKnown |= CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Scheme + token), Encoding.UTF8.GetBytes(given));
        }
        if (isKnown)
        {
            return await next(context);
        }
        http.Response.Headers.WWWAuthenticate = "Bearer";
        return Results.Problem("a bearer token of the registration tokens is expected", statusCode: StatusCodes.Status401Unauthorized, title: "Not authenticated");
    }
}
