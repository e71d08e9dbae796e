using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>
/// Stands in for a Cloud Controller and its UAA, as there is none that could be run by a test: written from the published reference of the v3 API
/// (https://v3-apidocs.cloudfoundry.org) and of the UAA (https://docs.cloudfoundry.org/api/uaa), as far as a source reads them. It is no proof that a
/// real one behaves so.
/// </summary>
public sealed class CloudControllerStandIn : IAsyncDisposable
{
    private static readonly string[] CommonParameters = ["page", "per_page", "order_by", "guids", "label_selector"];

    private static readonly Dictionary<string, string[]> Parameters = new()
    {
        ["organizations"] = ["names"],
        ["spaces"] = ["names", "organization_guids"],
        ["apps"] = ["names", "organization_guids", "space_guids"],
        ["processes"] = ["types", "app_guids", "organization_guids", "space_guids"],
        ["routes"] = ["hosts", "paths", "domain_guids", "app_guids", "organization_guids", "space_guids"],
    };

    private readonly int port = Loopback.FreePort();
    private readonly ConcurrentDictionary<string, int> requests = [];
    private readonly ConcurrentDictionary<string, DateTimeOffset> tokens = [];
    private WebApplication? app;
    private int logins;

    private CloudControllerStandIn()
    {
    }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    /// <summary>What it answers with.</summary>
    public Foundation Foundation { get; } = new();

    /// <summary>Of the client <c>controlplane</c>, and of the user <c>auditor</c>.</summary>
    public string Secret { get; set; } = "s3cret/1+";

    /// <summary>Of tokens that are given from now on.</summary>
    public TimeSpan TokenLife { get; set; } = TimeSpan.FromMinutes(10);

    public int Logins => Volatile.Read(ref logins);

    /// <summary>How many requests there have been for a path.</summary>
    public int Requests(string path) => requests.GetValueOrDefault(path);

    public static async Task<CloudControllerStandIn> StartAsync()
    {
        var standIn = new CloudControllerStandIn();
        await standIn.StartAgainAsync();
        return standIn;
    }

    public async Task StartAgainAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.Zero);
        app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
    }

    public async Task StopAsync()
    {
        if (app is not null)
        {
            await app.DisposeAsync();
            app = null;
        }
    }

    /// <summary>No token that was given is accepted any more.</summary>
    public void RevokeTokens() => tokens.Clear();

    public async ValueTask DisposeAsync() => await StopAsync();

    private Task AnswerAsync(HttpContext context)
    {
        string path = context.Request.Path.ToString();
        requests.AddOrUpdate(path, 1, (_, count) => count + 1);
        if (path == "/")
        {
            return WriteAsync(context, 200, new JsonObject
            {
                ["links"] = new JsonObject
                {
                    ["self"] = Link(Root), ["cloud_controller_v3"] = Link($"{Root}/v3"), ["login"] = Link($"{Root}/login"), ["uaa"] = Link($"{Root}/uaa"), ["log_stream"] = null,
                },
            }.ToJsonString());
        }
        if (path == "/uaa/oauth/token")
        {
            return LoginAsync(context);
        }
        string authorization = context.Request.Headers.Authorization.ToString();
        if (!authorization.StartsWith("bearer ", StringComparison.OrdinalIgnoreCase) || !tokens.TryGetValue(authorization[7..], out DateTimeOffset end) || end < TimeProvider.System.GetUtcNow())
        {
            return ErrorAsync(context, 401, 1000, "CF-InvalidAuthToken", "Invalid Auth Token");
        }
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["v3", "processes", var guid, "stats"] => Foundation.Stats(guid) is { } stats ? WriteAsync(context, 200, stats.ToJsonString()) : NotFoundAsync(context),
            ["v3", var list] when Parameters.ContainsKey(list) => ListAsync(context, list),
            _ => NotFoundAsync(context),
        };
    }

    private string Root => Address.ToString().TrimEnd('/');

    private async Task LoginAsync(HttpContext context)
    {
        IFormCollection form = await context.Request.ReadFormAsync();
        string basic = context.Request.Headers.Authorization.ToString() is { Length: > 6 } header ? Encoding.UTF8.GetString(Convert.FromBase64String(header[6..])) : "";
        bool isRight = form["grant_type"].ToString() switch
        {
            "client_credentials" => basic == $"controlplane:{Secret}",
            "password" => basic == "cf:" && form["username"] == "auditor" && form["password"] == Secret,
            _ => false,
        };
        if (!isRight)
        {
            await WriteAsync(context, 401, """{"error": "unauthorized", "error_description": "Bad credentials"}""");
            return;
        }
        Interlocked.Increment(ref logins);
        string token = $"token-{Guid.NewGuid():N}";
        tokens[token] = TimeProvider.System.GetUtcNow() + TokenLife;
        await WriteAsync(context, 200, new JsonObject
        {
            ["access_token"] = token, ["token_type"] = "bearer", ["expires_in"] = (int)TokenLife.TotalSeconds, ["scope"] = "cloud_controller.global_auditor", ["jti"] = "1",
        }.ToJsonString());
    }

    private Task ListAsync(HttpContext context, string list)
    {
        IQueryCollection query = context.Request.Query;
        if (query.Keys.FirstOrDefault(key => !CommonParameters.Contains(key) && !Parameters[list].Contains(key)) is { } unknown)
        {
            return ErrorAsync(context, 400, 10005, "CF-BadQueryParameter", $"The query parameter is invalid: Unknown query parameter(s): '{unknown}'");
        }
        int page = Number(query, "page", 1);
        int perPage = Number(query, "per_page", 50);
        if (perPage is < 1 or > 5000 || page < 1)
        {
            return ErrorAsync(context, 400, 10005, "CF-BadQueryParameter", "The query parameter is invalid: Per page must be between 1 and 5000");
        }
        JsonObject[] all = [.. Foundation.List(list).Where(item => Fits(item, query))];
        string Page(int number) => string.Create(CultureInfo.InvariantCulture, $"{Root}/v3/{list}?{string.Join('&', query.Where(pair => pair.Key != "page").Select(pair => $"{pair.Key}={Uri.EscapeDataString(pair.Value!)}").Append($"page={number}"))}");
        int pages = Math.Max(1, (all.Length + perPage - 1) / perPage);
        return WriteAsync(context, 200, new JsonObject
        {
            ["pagination"] = new JsonObject
            {
                ["total_results"] = all.Length,
                ["total_pages"] = pages,
                ["first"] = Link(Page(1)),
                ["last"] = Link(Page(pages)),
                ["next"] = page < pages ? Link(Page(page + 1)) : null,
                ["previous"] = page > 1 ? Link(Page(page - 1)) : null,
            },
            ["resources"] = new JsonArray([.. all.Skip((page - 1) * perPage).Take(perPage).Select(item => item.DeepClone())]),
        }.ToJsonString());
    }

    private bool Fits(JsonObject item, IQueryCollection query)
    {
        bool In(string parameter, string? value) => !query.TryGetValue(parameter, out Microsoft.Extensions.Primitives.StringValues wanted)
            || wanted.ToString().Split(',').Contains(value, StringComparer.OrdinalIgnoreCase);
        string? space = item["relationships"]?["space"]?["data"]?["guid"]?.GetValue<string>() ?? Foundation.SpaceOf(item);
        string? organization = item["relationships"]?["organization"]?["data"]?["guid"]?.GetValue<string>() ?? Foundation.OrganizationOf(space);
        return In("names", item["name"]?.GetValue<string>()) && In("space_guids", space) && In("organization_guids", organization);
    }

    private static JsonObject Link(string href) => new() { ["href"] = href };

    private static int Number(IQueryCollection query, string name, int otherwise) =>
        query.TryGetValue(name, out Microsoft.Extensions.Primitives.StringValues value) ? int.Parse(value!, CultureInfo.InvariantCulture) : otherwise;

    private static Task NotFoundAsync(HttpContext context) => ErrorAsync(context, 404, 10010, "CF-ResourceNotFound", "Resource not found");

    private static Task ErrorAsync(HttpContext context, int status, int code, string title, string detail) => WriteAsync(
        context, status, new JsonObject { ["errors"] = new JsonArray(new JsonObject { ["code"] = code, ["title"] = title, ["detail"] = detail }) }.ToJsonString());

    private static async Task WriteAsync(HttpContext context, int status, string json)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = Encoding.UTF8.GetByteCount(json);
        await context.Response.WriteAsync(json);
    }
}
