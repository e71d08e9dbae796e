using System.Net;
using ControlPlane.Adapters.Http;
using ControlPlane.Adapters.Instances;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

public sealed class HttpDocumentUnderTest : HttpUnderTest
{
    public HttpDocumentUnderTest()
        : base("http document")
    {
        Faults[SourceFault.Outage] = By(Fault.Refuse, "/instances cannot be reached");
        Faults[SourceFault.Silence] = By(Fault.Hang, "did not answer within 0.7 s");
        Faults[SourceFault.WrongCredentials] = new("answers 401: the token is not accepted, renew it in tokenFile", ForgetTokenAsync, GiveTokenBackAsync);
        Faults[SourceFault.ExpiredCredentials] = new(null, () => ExchangeTokenAsync(PolledAsync), () => Task.CompletedTask);
        Faults[SourceFault.Denied] = By(Fault.Answer(HttpStatusCode.Forbidden), "answers 403: the token is not accepted");
        Faults[SourceFault.Throttled] = By(Fault.Answer(HttpStatusCode.TooManyRequests), "answers 429: it is asked too often, raise refreshSeconds");
        Faults[SourceFault.Garbage] = By(Fault.Garbage, "answers something that cannot be read");
        // Where nothing is new there is no body that could be half.
        Faults[SourceFault.Truncated] = By(Fault.Truncate, "/instances broke off", TouchAsync);
        Faults[SourceFault.Emptiness] = By(() => Fault.Answer(HttpStatusCode.OK, """{"instances": []}""").Times(1), "endpoints are gone in one reading");
        Impossible[SourceFault.PartOfReading] = "all instances are in one document";
    }

    protected override string Path => "/instances";

    private Task PolledAsync()
    {
        int before = Proxy.Requests();
        return Eventually.Until(() => Proxy.Requests() > before + 1);
    }

    private protected override IInstanceRegistry Create(InstanceClient client) => new DocumentRegistry(client, Rest, TimeProvider.System);
}
