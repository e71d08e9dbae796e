using System.Text;
using System.Xml;
using System.Xml.Linq;
using ControlPlane.Adapters.Aws.Client;

namespace ControlPlane.Adapters.Aws.Protocols;

/// <summary>The protocol of forms and XML: EC2, STS.</summary>
/// <param name="client">Not disposed of.</param>
/// <param name="service"><c>ec2</c>.</param>
/// <param name="version">Of the API: <c>2016-11-15</c>.</param>
public sealed class AwsQuery(AwsClient client, string service, string version)
{
    /// <param name="parameters">As the reference names them: <c>Filter.1.Name</c>.</param>
    /// <param name="read">Makes the answer of its XML. Throws <see cref="FormatException"/> where it cannot.</param>
    /// <exception cref="AwsException"/>
    public Task<TAnswer> CallAsync<TAnswer>(
        string operation, IEnumerable<KeyValuePair<string, string>> parameters, Func<XElement, TAnswer> read, CancellationToken cancellationToken)
    {
        IEnumerable<KeyValuePair<string, string>> all = parameters.Prepend(new("Version", version)).Prepend(new("Action", operation));
        string form = string.Join('&', all.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        return client.SendAsync(
            new AwsRequest
            {
                Operation = new AwsOperation(service, operation),
                Body = Encoding.UTF8.GetBytes(form),
                ContentType = "application/x-www-form-urlencoded; charset=utf-8",
            },
            body => read(Root(body, $"{operation}Response")),
            cancellationToken);
    }

    /// <summary>All pages of a list, one after the other.</summary>
    /// <param name="next">The token of the page that follows.</param>
    /// <exception cref="AwsException">One page could not be read: what came before it is not the whole.</exception>
    public IAsyncEnumerable<TAnswer> PagesAsync<TAnswer>(
        string operation,
        IReadOnlyCollection<KeyValuePair<string, string>> parameters,
        Func<XElement, TAnswer> read,
        Func<TAnswer, string?> next,
        CancellationToken cancellationToken) =>
        AwsPages.ReadAsync(
            $"{service}:{operation}",
            (token, stop) => CallAsync(operation, token is null ? parameters : parameters.Append(new("NextToken", token)), read, stop),
            next,
            cancellationToken);

    private static XElement Root(ReadOnlyMemory<byte> body, string name)
    {
        using var stream = new MemoryStream(body.ToArray(), writable: false);
        using var reader = XmlReader.Create(stream, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        XElement root = XElement.Load(reader);
        return root.Name.LocalName == name ? root : throw new FormatException($"it is {root.Name.LocalName}, not {name}");
    }
}
