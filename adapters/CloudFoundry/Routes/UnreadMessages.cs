using System.Globalization;

namespace ControlPlane.Adapters.CloudFoundry.Routes;

/// <summary>Messages that could not be read, counted, for as long as they are worth talking of. Used by one loop.</summary>
internal sealed class UnreadMessages(TimeSpan remember, TimeProvider time)
{
    private const int MaximumText = 200;

    private long count;
    private long last;
    private string text = "";

    public void Add(string subject, string reason)
    {
        count++;
        last = time.GetTimestamp();
        text = $"{subject}: {(reason.Length <= MaximumText ? reason : reason[..MaximumText] + "...")}";
    }

    /// <summary>In words; null: there were none for a while.</summary>
    public string? Describe()
    {
        if (count > 0 && time.GetElapsedTime(last) > remember)
        {
            count = 0;
        }
        return count == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "message" : "messages")} could not be read and counted for nothing; the last was {text}");
    }
}
