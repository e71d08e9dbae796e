using System.Net;
using System.Net.Sockets;

namespace ControlPlane.Tests.Support;

/// <summary>Free ports of 127.0.0.1, none handed out twice by one process.</summary>
public static class Loopback
{
    private static readonly HashSet<int> Taken = [];
    private static int lastAddress;

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

    /// <summary>A loopback address, 127.x.y.z, that no other test has: for programs whose ports are fixed.</summary>
    public static string FreeAddress()
    {
        lock (Taken)
        {
            // Several test processes may run side by side: their process ids part them.
            return $"127.{10 + (Environment.ProcessId % 200)}.{Environment.ProcessId / 200 % 250}.{(++lastAddress % 250) + 1}";
        }
    }
}
