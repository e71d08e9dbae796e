using Microsoft.Extensions.Logging;

namespace ControlPlane.Xds.Streams;

internal static partial class StreamLog
{
    [LoggerMessage(1, LogLevel.Debug, "Proxy {Node} ({Kind}) from {Remote} is served")]
    public static partial void Admitted(ILogger logger, string node, string kind, string remote);

    [LoggerMessage(2, LogLevel.Warning, "Proxy {Node} from {Remote} is not served: {Reason}")]
    public static partial void Refused(ILogger logger, string node, string remote, string reason);

    [LoggerMessage(3, LogLevel.Warning, "Proxy {Node} rejected {Resources} of {Type}, from {Origins}: {Reason}")]
    public static partial void Rejected(ILogger logger, string node, string resources, string type, string origins, string reason);

    [LoggerMessage(4, LogLevel.Error, "The stream of proxy {Node} from {Remote} failed")]
    public static partial void Failed(ILogger logger, Exception exception, string node, string remote);

    [LoggerMessage(5, LogLevel.Debug, "Proxy {Node} from {Remote} comes too early: {Reason}")]
    public static partial void TooEarly(ILogger logger, string node, string remote, string reason);
}
