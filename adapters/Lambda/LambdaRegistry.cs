using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Lambda;

/// <summary>The functions of a region that are services: an instance for each, or for each version that an alias shares its calls among.</summary>
/// <param name="isSelected">The source's mapping says which functions are services: their own names are the services', where no tag says another.</param>
/// <param name="api">Disposed of with this.</param>
internal sealed class LambdaRegistry(LambdaSettings settings, bool isSelected, LambdaApi api, TimeSpan rest, TimeProvider time) : PolledRegistry(rest, time), IDisposable
{
    private const int WholeWeight = 100;
    private const int TlsPort = 443;

    public void Dispose() => api.Dispose();

    protected override async Task<RegistryReading> ReadAsync(CancellationToken cancellationToken)
    {
        var groups = new Dictionary<string, ValueList<Instance>>(StringComparer.Ordinal);
        var problems = new List<Problem>();
        foreach (LambdaFunction function in await api.FunctionsAsync(cancellationToken))
        {
            if (await api.TagsAsync(function, cancellationToken) is { } tags)
            {
                var attributes = new InstanceAttributes((tags.Tags ?? new Dictionary<string, string>())
                    .Select(tag => new KeyValuePair<string, string>($"tag.{tag.Key}", tag.Value))
                    .Append(new("lambda.name", function.FunctionName)));
                if (isSelected || attributes.Own.Any(setting => setting.Key == "service" || setting.Key.StartsWith("service/", StringComparison.Ordinal)))
                {
                    groups[function.FunctionName] = await ReadAsync(function, attributes, problems, cancellationToken);
                }
            }
        }
        return new RegistryReading(groups, problems.ToValueList());
    }

    private async Task<ValueList<Instance>> ReadAsync(
        LambdaFunction function, InstanceAttributes attributes, List<Problem> problems, CancellationToken cancellationToken)
    {
        string? alias = attributes.Setting("alias");
        if (await api.StateAsync(function, alias, cancellationToken) is not { } state)
        {
            if (alias is not null)
            {
                problems.Add(new Problem(function.FunctionName, "controlplane/alias", $"the function has no alias {alias}: the function is left out"));
            }
            return [];
        }
        var whole = new Instance
        {
            Id = function.FunctionName,
            Service = isSelected ? function.FunctionName : "",
            Address = function.FunctionArn,
            Ports = [new InstancePort(TlsPort, "", Protocol.Http)],
            Attributes = attributes,
            Health = state.State switch
            {
                "Pending" or "Failed" => Health.Unhealthy,
                "Inactive" => Health.Degraded,
                _ => Health.Healthy,
            },
            Locality = new Locality(settings.Access.Region),
            Speaks = Speaks.Lambda,
            Api = api.InvokeApi.GetLeftPart(UriPartial.Authority),
            Identity = function.Role?.Split('/')[^1] ?? "",
        };
        if (settings.UsesUrls || attributes.Setting("url") == "true")
        {
            if (await api.UrlAsync(function, alias, cancellationToken) is { } url)
            {
                // A share of versions is behind the URL already.
                return [whole with { Address = url.FunctionUrl, Api = "", Speaks = url.AuthType == "NONE" ? Speaks.Https : Speaks.SignedHttps }];
            }
            if (!settings.UsesUrls)
            {
                problems.Add(new Problem(function.FunctionName, "controlplane/url", "the function has no URL: it is called by its ARN"));
            }
        }
        return alias is null ? [whole] : await VersionsAsync(function, alias, whole, cancellationToken);
    }

    private async Task<ValueList<Instance>> VersionsAsync(LambdaFunction function, string name, Instance whole, CancellationToken cancellationToken)
    {
        if (await api.AliasAsync(function, name, cancellationToken) is not { } alias)
        {
            return [];
        }
        IReadOnlyDictionary<string, double> others = alias.RoutingConfig?.AdditionalVersionWeights ?? new Dictionary<string, double>();
        if (others.Count == 0)
        {
            return [whole with { Id = $"{function.FunctionName}:{name}", Address = alias.AliasArn }];
        }
        return others
            .Select(pair => (Version: pair.Key, Weight: (int)Math.Round(pair.Value * WholeWeight)))
            .Append((Version: alias.FunctionVersion, Weight: (int)Math.Round((1 - others.Values.Sum()) * WholeWeight)))
            .Where(share => share.Weight > 0)
            .OrderBy(share => share.Version, StringComparer.Ordinal)
            .Select(share => whole with { Id = $"{function.FunctionName}:{share.Version}", Address = $"{function.FunctionArn}:{share.Version}", Weight = share.Weight })
            .ToValueList();
    }
}
