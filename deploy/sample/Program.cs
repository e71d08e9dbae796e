using System.Net;

// Each argument is NAME@ADDRESS:PORT: a server there that answers every request with its name, and those for /who with what its sidecar says of the caller, too.
var names = new Dictionary<int, string>();
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel =>
{
    foreach (string argument in args)
    {
        string[] parts = argument.Split('@');
        if (parts.Length != 2 || !IPEndPoint.TryParse(parts[1], out IPEndPoint? address))
        {
            throw new ArgumentException($"'{argument}' is not NAME@ADDRESS:PORT");
        }
        names[address.Port] = parts[0];
        kestrel.Listen(address);
    }
});
await using WebApplication app = builder.Build();
app.Run(context =>
{
    IHeaderDictionary headers = context.Request.Headers;
    string caller = context.Request.Path == "/who" ? $" peer={headers["x-forwarded-client-cert"]} caller={headers["x-controlplane-caller"]}" : "";
    return context.Response.WriteAsync($"{names[context.Connection.LocalPort]}{caller}\n");
});
try
{
    await app.RunAsync();
}
catch (IOException exception)
{
    Console.Error.WriteLine($"sample: {exception.Message}");
    Environment.ExitCode = 1;
}
