using Amazon;

namespace ControlPlane.Adapters.Aws.Client;

/// <summary>Where the services of a region are.</summary>
internal static class AwsEndpoints
{
    public static Uri Of(AwsAccess access, AwsOperation operation)
    {
        if ((access.Endpoints.TryGetValue(operation.Service, out Uri? own) ? own : access.Endpoint) is { } named)
        {
            return named;
        }
        // The partition decides: China and the sovereign clouds have domains of their own.
        string domain = RegionEndpoint.GetBySystemName(access.Region).PartitionDnsSuffix;
        return new Uri($"https://{operation.HostPrefix}{operation.Service}.{access.Region}.{domain}");
    }
}
