using System.Net;
using System.Net.Sockets;

namespace ControlPlane.Tests.Support;

/// <summary>Free ports and addresses of the loopback network, none handed out twice by one process.</summary>
public static class Loopback
{
    // Below those that the system gives to outgoing connections, which would take one between the asking and the using.
    private const int First = 10_000;
    private const int Last = 19_999;
    private static readonly Lock Gate = new();
    private static int next = First + (Environment.ProcessId * 97 % (Last - First));
    private static int lastAddress;

    public static int FreePort() => FreePorts(1);

    /// <summary>The first of so many ports in a row.</summary>
    public static int FreePorts(int count)
    {
        lock (Gate)
        {
            while (true)
            {
                int first = next + count > Last ? First : next;
                next = first + count;
                if (Enumerable.Range(first, count).All(IsFree))
                {
                    return first;
                }
            }
        }
    }

    /// <summary>A loopback address, 127.x.y.z, that no other test has: for programs whose ports are fixed.</summary>
    public static string FreeAddress()
    {
        lock (Gate)
        {
            // Several test processes may run side by side: their process ids part them.
            return $"127.{10 + (Environment.ProcessId % 200)}.{Environment.ProcessId / 200 % 250}.{(++lastAddress % 250) + 1}";
        }
    }

    private static bool IsFree(int port)
    {
        // Those that programs use when they are told nothing.
        if (port is 15001 or 18000)
        {
            return false;
        }
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
