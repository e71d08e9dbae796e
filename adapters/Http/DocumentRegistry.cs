using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Http;

/// <summary>A server that answers with one document of all instances. Its entity tag saves both the work while nothing changes.</summary>
internal sealed class DocumentRegistry(InstanceClient client, TimeSpan rest, TimeProvider time) : PolledRegistry(rest, time), IDisposable
{
    private readonly TimeProvider time = time;
    private RegistryReading? last;
    private EntityTagHeaderValue? tag;

    public void Dispose() => client.Dispose();

    protected override async Task<RegistryReading> ReadAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using ITimer timer = time.CreateTimer(_ => deadline.Cancel(), null, client.Settings.Timeout, Timeout.InfiniteTimeSpan);
        try
        {
            using HttpResponseMessage response = await client.GetAsync("application/json", last is null ? null : tag, deadline.Token);
            if (response.StatusCode == HttpStatusCode.NotModified && last is not null)
            {
                return last;
            }
            last = Read(await ReadAsync(response.Content, deadline.Token));
            tag = response.Headers.ETag;
            return last;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"{client.Place} did not answer within {client.Settings.Timeout.TotalSeconds} s");
        }
    }

    private async Task<InstanceDocument> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        try
        {
            await using Stream body = new LimitedStream(await content.ReadAsStreamAsync(cancellationToken), client.Settings.MaximumBytes);
            return await JsonSerializer.DeserializeAsync(body, InstanceJson.Default.InstanceDocument, cancellationToken)
                ?? throw new JsonException("expected an object with instances, found null");
        }
        catch (JsonException error)
        {
            throw new IOException($"{client.Place} answers something that cannot be read: {error.Message}", error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new IOException($"the answer of {client.Place} broke off: {error.Message}", error);
        }
    }

    private static RegistryReading Read(InstanceDocument document)
    {
        var problems = new List<Problem>();
        var groups = new Dictionary<string, ValueList<Instance>>(StringComparer.Ordinal);
        foreach (InstanceObject written in document.Instances)
        {
            if (InstanceReader.Read(written, problems) is { } instance && !groups.TryAdd(instance.Id, [instance]))
            {
                problems.Add(new Problem(instance.Id, "id", "is there twice: the first one counts"));
            }
        }
        return new RegistryReading(groups, problems.ToValueList());
    }
}
