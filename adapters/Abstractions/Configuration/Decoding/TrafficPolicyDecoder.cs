using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Configuration;

/// <summary><c>TrafficPolicy</c>: how traffic to a service, to those of a namespace, or to all is spread.</summary>
internal static class TrafficPolicyDecoder
{
    private static readonly Dictionary<string, TrafficStrategy> Spreads = new(StringComparer.OrdinalIgnoreCase)
    {
        ["nearest"] = TrafficStrategy.Nearest, ["region"] = TrafficStrategy.SpreadRegion, ["any"] = TrafficStrategy.SpreadAny,
    };

    private static readonly Dictionary<string, StaleAction> StaleActions = Enum.GetValues<StaleAction>()
        .ToDictionary(action => action.ToString().ToLowerInvariant(), StringComparer.OrdinalIgnoreCase);

    public static DecodedPart Decode(FieldReader spec, DecodeContext context)
    {
        string? mesh = spec.Text("mesh", Names.Label);
        if (mesh is not null && context.Options.Mesh is { } own && mesh != own)
        {
            spec.Refuse("mesh", $"the policy is in a cluster of the mesh '{own}' and cannot be for another: expected '{own}', found '{mesh}'");
        }
        string? service = spec.Text("service", Names.Label);
        if (service is not null && context.Metadata.Namespace.Length == 0)
        {
            spec.Refuse("service", "a policy for one service needs metadata.namespace, the service's namespace");
        }
        var policy = new TrafficPolicy
        {
            Namespace = context.Metadata.Namespace,
            Name = context.Metadata.Name,
            Origin = context.Origin,
            Mesh = mesh ?? context.Options.Mesh,
            Service = service,
            Strategy = spec.Choice("spread", Spreads),
            Overprovisioning = Overprovisioning(spec),
            PanicThreshold = spec.Number("panicThreshold", 0, 100),
            Retries = spec.Number("retries", 0, 10),
            Failover = FailoverDecoder.Tiers(spec),
            Then = spec.Choice("then", FailoverDecoder.Thens),
            Distribute = FailoverDecoder.Distributions(spec),
            TierMargin = spec.Number("tierMargin", 0, 1000),
            Gateway = Gateway(spec, context),
            StaleLimit = spec.Number("staleLimitSeconds", 0, 604_800),
            Stale = spec.Choice("stale", StaleActions),
            Hold = spec.Number("holdSeconds", 0, 3600),
            Subsets = SubsetDecoder.Decode(spec),
        };
        if (service is null && !policy.Subsets.IsEmpty)
        {
            spec.Refuse("subsets", "are parts of one service: say which, in the field service, or remove the field");
        }
        if (policy.Then is not null && policy.Failover.IsEmpty)
        {
            spec.Refuse("then", "says what comes after the places of failover, which this policy does not have: add it, or remove then");
        }
        spec.NotSupportedYet("costs", "startGraceSeconds");
        spec.RefuseOthers();
        return new DecodedPart(policy);
    }

    private static string? Gateway(FieldReader spec, DecodeContext context)
    {
        string? gateway = spec.Text("gateway", Names.Label);
        if (gateway is not null)
        {
            context.Refer(spec, "gateway", "RegionGateway", "", gateway);
        }
        return gateway;
    }

    // The same from the other side: under which healthy share a tier begins to spill.
    private static int? Overprovisioning(FieldReader spec)
    {
        int? factor = spec.Number("overprovisioning", 100, 1000);
        int? threshold = spec.Number("threshold", 10, 100);
        if (factor is not null && threshold is not null)
        {
            spec.Refuse("threshold", "overprovisioning says the same in another way: remove one of them");
        }
        return threshold is { } percent ? (10_000 + (percent / 2)) / percent : factor;
    }
}
