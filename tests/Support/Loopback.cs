using System.Net;
using System.Net.Sockets;

namespace ControlPlane.Tests.Support;

/// <summary>Free ports of 127.0.0.1, none handed out twice by one process.</summary>
public static class Loopback
{
    private static readonly HashSet<int> Taken = [];

    public static int FreePort()
    {
        lock (Taken)
        {
            while (true)
            {
                using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                int port = ((IPEndPoint)socket.LocalEndPoint!).Port;
                if (Taken.Add(port))
                {
                    return port;
                }
            }
        }
    }
}
