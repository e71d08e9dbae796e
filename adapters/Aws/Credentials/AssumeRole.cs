using System.Globalization;
using System.Xml.Linq;
using Amazon.Runtime;
using ControlPlane.Adapters.Aws.Client;
using ControlPlane.Adapters.Aws.Protocols;

namespace ControlPlane.Adapters.Aws.Credentials;

/// <summary>The one call to STS.</summary>
internal static class AssumeRole
{
    public static Task<RefreshingAWSCredentials.CredentialsRefreshState> CallAsync(AwsClient client, AwsAccess access, CancellationToken cancellationToken)
    {
        var query = new AwsQuery(client, "sts", "2011-06-15");
        List<KeyValuePair<string, string>> parameters = [
            new("RoleArn", access.AssumeRoleArn!),
            new("RoleSessionName", access.RoleSessionName)];
        if (access.ExternalId is { } external)
        {
            parameters.Add(new("ExternalId", external));
        }
        return query.CallAsync("AssumeRole", parameters, Read, cancellationToken);
    }

    private static RefreshingAWSCredentials.CredentialsRefreshState Read(XElement answer)
    {
        XElement credentials = answer.Child("AssumeRoleResult")?.Child("Credentials") ?? throw new FormatException("there are no credentials in it");
        string Of(string name) => credentials.Text(name) ?? throw new FormatException($"there is no {name} in it");
        return new RefreshingAWSCredentials.CredentialsRefreshState(
            new ImmutableCredentials(Of("AccessKeyId"), Of("SecretAccessKey"), Of("SessionToken")),
            DateTimeOffset.Parse(Of("Expiration"), CultureInfo.InvariantCulture).UtcDateTime);
    }
}
