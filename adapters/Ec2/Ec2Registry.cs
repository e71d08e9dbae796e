using System.Globalization;
using System.Xml.Linq;
using ControlPlane.Adapters.Aws.Client;
using ControlPlane.Adapters.Aws.Protocols;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Ec2;

/// <summary>The virtual machines of a region. Their tags say what they serve.</summary>
/// <param name="client">Disposed of with this.</param>
internal sealed class Ec2Registry(Ec2Settings settings, AwsClient client, TimeSpan rest, TimeProvider time) : PolledRegistry(rest, time), IDisposable
{
    private const string Group = "instances";
    private static readonly string[] States = ["pending", "running", "shutting-down", "stopping"];
    private readonly AwsQuery ec2 = new(client, "ec2", "2016-11-15");

    /// <summary>Instances in a page.</summary>
    internal int PageSize { get; init; } = 1000;

    public void Dispose() => client.Dispose();

    protected override async Task<RegistryReading> ReadAsync(CancellationToken cancellationToken)
    {
        HashSet<string> impaired = await ImpairedAsync(cancellationToken);
        var instances = new List<Instance>();
        await foreach (XElement page in ec2.PagesAsync("DescribeInstances", Parameters(), answer => answer, Next, cancellationToken))
        {
            instances.AddRange(page.Items("reservationSet")
                .SelectMany(reservation => reservation.Items("instancesSet"))
                .Select(machine => Read(machine, impaired))
                .OfType<Instance>());
        }
        return new RegistryReading(new Dictionary<string, ValueList<Instance>>
        {
            [Group] = instances.OrderBy(instance => instance.Id, StringComparer.Ordinal).ToValueList(),
        });
    }

    private static string? Next(XElement page) => page.Text("nextToken");

    /// <summary>Those that fail EC2's own status checks.</summary>
    private async Task<HashSet<string>> ImpairedAsync(CancellationToken cancellationToken)
    {
        var impaired = new HashSet<string>(StringComparer.Ordinal);
        await foreach (XElement page in ec2.PagesAsync("DescribeInstanceStatus", [MaxResults], answer => answer, Next, cancellationToken))
        {
            impaired.UnionWith(page.Items("instanceStatusSet")
                .Where(status => IsImpaired(status, "instanceStatus") || IsImpaired(status, "systemStatus"))
                .Select(status => status.Text("instanceId") ?? ""));
        }
        return impaired;
    }

    private static bool IsImpaired(XElement status, string check) => status.Child(check)?.Text("status") == "impaired";

    private KeyValuePair<string, string> MaxResults => new("MaxResults", PageSize.ToString(CultureInfo.InvariantCulture));

    private List<KeyValuePair<string, string>> Parameters()
    {
        var parameters = new List<KeyValuePair<string, string>> { MaxResults };
        IEnumerable<KeyValuePair<string, IReadOnlyList<string>>> filters = settings.Filters.Any(filter => filter.Key == "instance-state-name")
            ? settings.Filters
            : settings.Filters.Append(new("instance-state-name", States));
        foreach ((int index, (string name, IReadOnlyList<string> values)) in filters.Index())
        {
            string prefix = string.Create(CultureInfo.InvariantCulture, $"Filter.{index + 1}");
            parameters.Add(new($"{prefix}.Name", name));
            parameters.AddRange(values.Index().Select(value =>
                new KeyValuePair<string, string>(string.Create(CultureInfo.InvariantCulture, $"{prefix}.Value.{value.Index + 1}"), value.Item)));
        }
        return parameters;
    }

    private Instance? Read(XElement machine, HashSet<string> impaired)
    {
        string id = machine.Text("instanceId") ?? throw new FormatException("an instance has no instanceId");
        Health? health = machine.Child("instanceState")?.Text("name") switch
        {
            "running" => impaired.Contains(id) ? Health.Unhealthy : Health.Healthy,
            "pending" => Health.Unhealthy,
            "shutting-down" or "stopping" => Health.Draining,
            _ => null,
        };
        if (health is null || (machine.Text("privateIpAddress") ?? machine.Text("ipv6Address")) is not { } address)
        {
            return null;
        }
        return new Instance
        {
            Id = id,
            Address = address,
            Attributes = new InstanceAttributes(Attributes(machine)),
            Health = health.Value,
            Locality = new Locality(settings.Access.Region, machine.Child("placement")?.Text("availabilityZone") ?? ""),
            Identity = machine.Child("iamInstanceProfile")?.Text("arn")?.Split('/')[^1] ?? "",
        };
    }

    private static IEnumerable<KeyValuePair<string, string>> Attributes(XElement machine)
    {
        foreach (string name in (string[])["vpcId", "subnetId", "imageId", "instanceType"])
        {
            if (machine.Text(name) is { } value)
            {
                yield return new($"ec2.{name}", value);
            }
        }
        foreach (XElement tag in machine.Items("tagSet"))
        {
            if (tag.Text("key") is { } key)
            {
                yield return new($"tag.{key}", tag.Text("value") ?? "");
            }
        }
    }
}
