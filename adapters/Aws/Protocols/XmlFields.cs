using System.Xml.Linq;

namespace ControlPlane.Adapters.Aws.Protocols;

/// <summary>Reads XML answers by name, whatever the version of the API in their namespace.</summary>
public static class XmlFields
{
    public static XElement? Child(this XElement element, string name) => element.Elements().FirstOrDefault(child => child.Name.LocalName == name);

    /// <summary>Null: there is no such field, or it is empty.</summary>
    public static string? Text(this XElement element, string name) => element.Child(name)?.Value is { Length: > 0 } text ? text : null;

    /// <summary>The members of a list: <c>item</c> in EC2, <c>member</c> elsewhere.</summary>
    public static IEnumerable<XElement> Items(this XElement element, string name) =>
        element.Child(name)?.Elements().Where(child => child.Name.LocalName is "item" or "member") ?? [];
}
