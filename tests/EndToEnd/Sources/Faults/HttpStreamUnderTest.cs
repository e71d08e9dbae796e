using System.Net;
using ControlPlane.Adapters.Http;
using ControlPlane.Adapters.Instances;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

public sealed class HttpStreamUnderTest : HttpUnderTest
{
    private const string Line = """{"type": "put", "instance": {"id": "vm-0", "service": "cart", "address": "10.0.0.1", "ports": [{"port": 1}]}}""";

    public HttpStreamUnderTest()
        : base("http stream")
    {
        Faults[SourceFault.Outage] = By(Fault.Refuse, "/stream cannot be reached");
        Faults[SourceFault.Silence] = By(Fault.Hang, "nothing came from");
        Faults[SourceFault.WrongCredentials] = new("answers 401: the token is not accepted, renew it in tokenFile", ForgetTokenAsync, GiveTokenBackAsync);
        // A stream that breaks off is said, whatever comes of it.
        Faults[SourceFault.ExpiredCredentials] = new("the stream of", () => ExchangeTokenAsync(EndAsync), () => Task.CompletedTask);
        Faults[SourceFault.Denied] = By(Fault.Answer(HttpStatusCode.Forbidden), "answers 403: the token is not accepted");
        Faults[SourceFault.Throttled] = By(Fault.Answer(HttpStatusCode.TooManyRequests), "answers 429");
        Faults[SourceFault.PartOfReading] = By(Fault.Answer(HttpStatusCode.OK, $"{Line}\n{{\"type\": \"put\"}}\n{Line}\n"), "has a line of type 'put': expected");
        Faults[SourceFault.Garbage] = By(Fault.Answer(HttpStatusCode.OK, "<html>\n<body>it works</body>\n"), "has a line that cannot be read");
        Faults[SourceFault.Truncated] = By(Fault.Answer(HttpStatusCode.OK, $"{Line}\n{Line[..30]}"), "ended within a line");
        Faults[SourceFault.Emptiness] = By(() => Fault.Answer(HttpStatusCode.OK, """{"type": "complete"}""" + "\n").Times(1), "endpoints are gone in one reading");
    }

    protected override string Path => "/stream";

    private protected override IInstanceRegistry Create(InstanceClient client) => new StreamedRegistry(client, TimeProvider.System);
}
