using System.Text;

namespace ControlPlane.Xds.Subscriptions;

/// <summary>A <c>ClusterLoadAssignment</c> that has a name and nothing else.</summary>
internal static class EmptyAssignment
{
    public static Resource Create(string name)
    {
        // cluster_name = 1
        byte[] text = Encoding.UTF8.GetBytes(name);
        var message = new List<byte>(text.Length + 4) { 0x0A };
        uint rest = (uint)text.Length;
        for (; rest >= 0x80; rest >>= 7)
        {
            message.Add((byte)(rest | 0x80));
        }
        message.Add((byte)rest);
        message.AddRange(text);
        return Resource.Create(TypeUrls.ClusterLoadAssignment, name, message.ToArray(), "no service has this name");
    }
}
