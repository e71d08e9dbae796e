using Envoy.Config.Endpoint.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Rpc;

namespace ControlPlane.Tests.Conformance.Client;

internal sealed class SotwStream(H2Stream stream) : XdsStream(stream)
{
    private readonly Dictionary<string, State> states = [];

    public override bool IsDelta => false;

    public Task SendAsync(DiscoveryRequest request)
    {
        request.Node ??= NodeOnce();
        return Call.SendAsync(request.ToByteArray());
    }

    /// <summary>The whole request, with the names as they are by now.</summary>
    public Task SendAsync(string typeUrl, string? error = null)
    {
        State state = Of(typeUrl);
        var request = new DiscoveryRequest { TypeUrl = typeUrl, ResourceNames = { state.Names }, VersionInfo = state.Version, ResponseNonce = state.Nonce };
        if (error is not null)
        {
            request.ErrorDetail = new Status { Code = 13, Message = error };
        }
        return SendAsync(request);
    }

    public override Task SubscribeAsync(string typeUrl, params string[] names)
    {
        Of(typeUrl).Names.UnionWith(names);
        return SendAsync(typeUrl);
    }

    public override Task UnsubscribeAsync(string typeUrl, params string[] names)
    {
        Of(typeUrl).Names.ExceptWith(names);
        return SendAsync(typeUrl);
    }

    public override Task ResumeAsync(string typeUrl, string[] names, string version, params (string Name, string Version)[] known)
    {
        Of(typeUrl).Version = version;
        Of(typeUrl).Names.UnionWith(names);
        return SendAsync(typeUrl);
    }

    public override Task AckAsync(Answer answer)
    {
        Of(answer.TypeUrl).Version = answer.Version;
        Of(answer.TypeUrl).Nonce = answer.Nonce;
        return SendAsync(answer.TypeUrl);
    }

    public override Task NackAsync(Answer answer, string message)
    {
        Of(answer.TypeUrl).Nonce = answer.Nonce;
        return SendAsync(answer.TypeUrl, message);
    }

    public override async Task<Answer> NextAsync()
    {
        DiscoveryResponse response = DiscoveryResponse.Parser.ParseFrom(await Call.NextAsync());
        // The name is field 1 of every type that is used here.
        return new Answer(
            response.TypeUrl, response.Nonce, response.VersionInfo,
            [.. response.Resources.Select(resource => new AnswerItem(
                ClusterLoadAssignment.Parser.WithDiscardUnknownFields(true).ParseFrom(NameOnly(resource.Value)).ClusterName, "", resource.Value.ToByteArray(), resource.TypeUrl, []))],
            []);
    }

    private static byte[] NameOnly(ByteString message)
    {
        byte[] bytes = message.ToByteArray();
        return bytes.Length < 2 || bytes[0] != 0x0A ? [] : bytes[..(2 + bytes[1])];
    }

    private State Of(string typeUrl)
    {
        if (!states.TryGetValue(typeUrl, out State? state))
        {
            states[typeUrl] = state = new State();
        }
        return state;
    }

    private sealed class State
    {
        public SortedSet<string> Names { get; } = new(StringComparer.Ordinal);

        public string Version { get; set; } = "";

        public string Nonce { get; set; } = "";
    }
}
