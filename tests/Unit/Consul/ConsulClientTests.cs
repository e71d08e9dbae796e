using System.Net;
using ControlPlane.Adapters.Consul;
using ControlPlane.Adapters.Consul.Access;
using ControlPlane.Adapters.Consul.Client;

namespace ControlPlane.Tests.Unit.Consul;

public sealed class ConsulClientTests
{
    [Theory]
    [InlineData("http://consul:8500", "http://consul:8500/v1/catalog/services?consistent")]
    [InlineData("http://consul:8500/", "http://consul:8500/v1/catalog/services?consistent")]
    [InlineData("https://proxy/consul", "https://proxy/consul/v1/catalog/services?consistent")]
    [InlineData("https://proxy/consul/", "https://proxy/consul/v1/catalog/services?consistent")]
    public async Task Address_MayHaveAPath(string address, string expected)
    {
        var handler = new RecordingHandler();
        using var client = new ConsulClient(new ConsulAccess { Address = new Uri(address) }, new ConsulTimes(), TimeProvider.System, null, handler);

        await client.GetAsync(ConsulRequest.Services, 0, CancellationToken.None);

        handler.Asked.ShouldBe(expected);
    }

    [Fact]
    public async Task Answer_LongerThanItsLimit_IsRefused()
    {
        using var client = new ConsulClient(
            new ConsulAccess { Address = new Uri("http://consul:8500") }, new ConsulTimes { MaxBody = 10 }, TimeProvider.System, null, new RecordingHandler { Body = "{        }" });
        await client.GetAsync(ConsulRequest.Services, 0, CancellationToken.None);
        using var other = new ConsulClient(
            new ConsulAccess { Address = new Uri("http://consul:8500") }, new ConsulTimes { MaxBody = 10 }, TimeProvider.System, null, new RecordingHandler { Body = "{         }" });

        (await Should.ThrowAsync<ConsulException>(() => other.GetAsync(ConsulRequest.Services, 0, CancellationToken.None))).Message.ShouldContain("it is longer than 10 bytes");
    }

    private sealed class RecordingHandler : HttpMessageHandler
    {
        public string Asked { get; private set; } = "";

        public string Body { get; init; } = "{}";

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked = request.RequestUri!.ToString();
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(Body), Headers = { { "X-Consul-Index", "7" } } });
        }
    }
}
