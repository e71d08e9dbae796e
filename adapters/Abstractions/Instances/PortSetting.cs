using System.Globalization;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Model;

namespace ControlPlane.Adapters.Instances;

/// <summary>
/// Ports as one text, for tags and attributes: <c>80=8080/http 9000/grpc</c>. Each is the port that callers use, after <c>=</c> the instance's own where it is
/// another, after <c>/</c> what is spoken. Separated by blanks or commas: not every registry allows both.
/// </summary>
internal static class PortSetting
{
    /// <summary>The ports, or what is wrong with the text.</summary>
    /// <param name="listens">Where the instance listens, if that is one port: what a port without <c>=</c> means.</param>
    public static IReadOnlyList<InstancePort> Read(string text, int? listens, out string? wrong)
    {
        wrong = null;
        var ports = new List<InstancePort>();
        string[] words = text.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (string word in words)
        {
            string[] halves = word.Split('/');
            string[] numbers = halves[0].Split('=');
            Protocol? protocol = null;
            if (halves.Length > 2 || numbers.Length > 2 || !TryPort(numbers[0], out int port) || (halves.Length == 2 && !TryProtocol(halves[1], out protocol)))
            {
                wrong = $"expected ports such as '80=8080/http 9000/grpc', found '{word}'";
                return [];
            }
            int target = port;
            if (numbers.Length == 2 && !TryPort(numbers[1], out target))
            {
                wrong = $"expected a port from 1 to 65535 after '=', found '{word}'";
                return [];
            }
            ports.Add(new InstancePort(numbers.Length == 2 ? target : words.Length == 1 && listens is { } own ? own : port, "", protocol, port));
        }
        return ports;
    }

    public static bool TryProtocol(string word, out Protocol? protocol)
    {
        bool isKnown = PortProtocol.Words.TryGetValue(word, out Protocol known);
        protocol = isKnown ? known : null;
        return isKnown;
    }

    private static bool TryPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= 65535;
}
