using System.Globalization;
using System.Text;
using System.Text.Json;
using ControlPlane.Adapters;
using ControlPlane.Adapters.Kubernetes;
using ControlPlane.Adapters.Kubernetes.Objects;
using ControlPlane.Adapters.Kubernetes.State;
using ControlPlane.Adapters.Kubernetes.Watching;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;
using ControlPlane.Tests.Unit.Configuration;

namespace ControlPlane.Tests.Unit.Kubernetes;

/// <summary>Cases of objects of a cluster, a JSON object a line, and the services that are made of them.</summary>
public sealed class TranslationTests
{
    public static TheoryData<string> Cases => [.. GoldenCase.Names("Kubernetes")];

    [Theory]
    [MemberData(nameof(Cases))]
    public void TakeChanges_Case_GivesTheseServices(string name)
    {
        string folder = GoldenCase.Folder("Kubernetes", name);
        var state = new ClusterState(new Cluster { Name = "east", Mesh = "banking", Locality = new Locality("eu", "eu-a") });
        var text = new StringBuilder();
        foreach (string line in File.ReadLines(Path.Combine(folder, "objects.jsonl")))
        {
            if (line == "---")
            {
                Write(state, text);
                text.Append("---\n");
            }
            else if (line.Length > 0)
            {
                Apply(state, line);
            }
        }
        Write(state, text);
        GoldenCase.ShouldMatch(Path.Combine(folder, "services.txt"), text.ToString());
    }

    private static void Apply(ClusterState state, string line)
    {
        bool isDeleted = line.StartsWith('-');
        string json = line.TrimStart('-');
        KubernetesJson types = KubernetesJson.Default;
        using var document = JsonDocument.Parse(json);
        switch (document.RootElement.GetProperty("kind").GetString())
        {
            case "Service":
                state.Apply(Event(JsonSerializer.Deserialize<ServiceObject>(json, types.Options)!, isDeleted), null);
                break;
            case "EndpointSlice":
                state.Apply(Event(JsonSerializer.Deserialize<EndpointSliceObject>(json, types.Options)!, isDeleted), null);
                break;
            case "ServiceExport":
                state.Apply(Event(JsonSerializer.Deserialize<ServiceExportObject>(json, types.Options)!, isDeleted), null);
                break;
            case "ServiceImport":
                state.Apply(Event(JsonSerializer.Deserialize<ServiceImportObject>(json, types.Options)!, isDeleted), null);
                break;
            case "ServiceExportList":
                // The kind is installed, or is not.
                state.Apply(new Listed<ServiceExportObject>([], !isDeleted), null);
                break;
            case "Pod":
                state.Apply(Event(JsonSerializer.Deserialize<PodObject>(json, types.Options)!, isDeleted), null);
                break;
            default:
                state.Apply(Event(JsonSerializer.Deserialize<NodeObject>(json, types.Options)!, isDeleted));
                break;
        }
    }

    private static ResourceEvent<T> Event<T>(T item, bool isDeleted) => isDeleted ? new Deleted<T>(item) : new Changed<T>(item);

    private static void Write(ClusterState state, StringBuilder text)
    {
        foreach (DiscoveryEvent happened in state.TakeChanges())
        {
            if (happened is Removed { Service: var gone })
            {
                text.Append(CultureInfo.InvariantCulture, $"removed {gone}\n");
            }
            if (happened is not Replaced { Part: var part })
            {
                continue;
            }
            text.Append(CultureInfo.InvariantCulture, $"{part.Service} [{string.Join(", ", part.Ports.Select(port => $"{port.Name}:{port.Port} {port.Protocol}"))}]");
            text.Append($" {string.Join(",", part.Labels.Select(label => $"{label.Name}={label.Value}"))}".TrimEnd());
            text.Append(part.ExternalName.Length > 0 ? $" is {part.ExternalName}" : "").Append(part.IsExported ? " exported" : "");
            text.Append(part.Distribution is { } distribution ? $" {distribution}" : "").Append('\n');
            foreach (Endpoint endpoint in part.Endpoints)
            {
                text.Append(
                    $"  {endpoint.Address} {string.Join('+', endpoint.Ports)} {endpoint.Health} {endpoint.Locality} {endpoint.Workload} {endpoint.Identity}".TrimEnd());
                text.Append(endpoint.Hostname.Length > 0 ? $" named {endpoint.Hostname}" : "").Append(endpoint.IsLocal ? " local" : "");
                text.Append(endpoint.Speaks == Speaks.Mtls ? " mtls" : "");
                text.Append(endpoint.Labels.IsEmpty ? "" : $" labels {string.Join(",", endpoint.Labels.Select(label => $"{label.Name}={label.Value}"))}");
                text.Append(endpoint.ForZones.IsEmpty ? "" : $" for {string.Join(",", endpoint.ForZones)}").Append('\n');
            }
        }
        if (state.Problems.TakeChange() is { Problems: { IsEmpty: false } problems })
        {
            text.AppendJoin('\n', problems.Select(problem => $"problem {problem}")).Append('\n');
        }
    }
}
