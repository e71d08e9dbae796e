using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Rpc;

namespace ControlPlane.Tests.Conformance.Client;

internal sealed class DeltaStream(H2Stream stream) : XdsStream(stream)
{
    public override bool IsDelta => true;

    public Task SendAsync(DeltaDiscoveryRequest request)
    {
        request.Node ??= NodeOnce();
        return Call.SendAsync(request.ToByteArray());
    }

    public override Task SubscribeAsync(string typeUrl, params string[] names) =>
        SendAsync(new DeltaDiscoveryRequest { TypeUrl = typeUrl, ResourceNamesSubscribe = { names } });

    public override Task UnsubscribeAsync(string typeUrl, params string[] names) =>
        SendAsync(new DeltaDiscoveryRequest { TypeUrl = typeUrl, ResourceNamesUnsubscribe = { names } });

    public override Task ResumeAsync(string typeUrl, string[] names, string version, params (string Name, string Version)[] known) =>
        SendAsync(new DeltaDiscoveryRequest
        {
            TypeUrl = typeUrl,
            ResourceNamesSubscribe = { names },
            InitialResourceVersions = { known.ToDictionary(item => item.Name, item => item.Version) },
        });

    public override Task AckAsync(Answer answer) => SendAsync(new DeltaDiscoveryRequest { TypeUrl = answer.TypeUrl, ResponseNonce = answer.Nonce });

    public override Task NackAsync(Answer answer, string message) => SendAsync(new DeltaDiscoveryRequest
    {
        TypeUrl = answer.TypeUrl, ResponseNonce = answer.Nonce, ErrorDetail = new Status { Code = 13, Message = message },
    });

    public override async Task<Answer> NextAsync()
    {
        DeltaDiscoveryResponse response = DeltaDiscoveryResponse.Parser.ParseFrom(await Call.NextAsync());
        return new Answer(
            response.TypeUrl, response.Nonce, response.SystemVersionInfo,
            [.. response.Resources.Select(resource => new AnswerItem(
                resource.Name, resource.Version, resource.Resource_?.Value.ToByteArray() ?? [], resource.Resource_?.TypeUrl ?? "", resource.Aliases))],
            response.RemovedResources);
    }
}
