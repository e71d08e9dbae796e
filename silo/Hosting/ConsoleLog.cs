using Microsoft.Extensions.Logging.Console;

namespace ControlPlane.Silo.Hosting;

/// <summary>The log: one line an entry, on standard error, with the noise of the frameworks left out.</summary>
internal static class ConsoleLog
{
    public static ILoggingBuilder AddConsoleLog(this ILoggingBuilder logging, LogLevel level)
    {
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
            console.UseUtcTimestamp = true;
        });
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        logging.SetMinimumLevel(level);
        LogLevel frameworks = level < LogLevel.Information ? level : LogLevel.Warning;
        foreach (string category in (string[])["Microsoft", "Orleans", "Polly", "System.Net.Http"])
        {
            logging.AddFilter(category, frameworks);
        }
        // Its first check takes the time since the machine's start for a delay.
        logging.AddFilter("Orleans.Runtime.Watchdog", LogLevel.Error);
        // That the host does not start is said by the command, in one line.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        return logging;
    }
}
