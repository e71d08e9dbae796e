using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace ControlPlane.Silo.Agent.Checks;

/// <summary>
/// <c>grpc.health.v1.Health/Check</c> that answers SERVING. See https://github.com/grpc/grpc/blob/master/doc/health-checking.md.
/// </summary>
/// <param name="service">The service that is asked for; empty: the server as a whole. At most 100 characters.</param>
internal sealed class GrpcCheck(Uri server, string service, HttpClient http) : IHealthCheck
{
    private const int FrameHead = 5;
    private const byte ServiceField = 0x0A;
    private const byte StatusField = 0x08;
    private const byte Serving = 1;

    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server, "/grpc.health.v1.Health/Check"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Frame()),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, cancellationToken);
            byte[] answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            string? status = Status(response.TrailingHeaders) ?? Status(response.Headers);
            return status != "0" ? $"{server} answers with gRPC status {status ?? "nothing"}"
                : answer.AsSpan().Slice(Math.Min(FrameHead, answer.Length)) is [StatusField, Serving, ..] ? null
                : $"{server} does not serve";
        }
        catch (HttpRequestException error)
        {
            return $"{server}: {error.Message}";
        }
    }

    private static string? Status(HttpResponseHeaders headers) => headers.TryGetValues("grpc-status", out IEnumerable<string>? values) ? values.First() : null;

    private byte[] Frame()
    {
        byte[] name = Encoding.UTF8.GetBytes(service);
        byte[] message = name.Length == 0 ? [] : [ServiceField, (byte)name.Length, .. name];
        return [0, 0, 0, 0, (byte)message.Length, .. message];
    }
}
