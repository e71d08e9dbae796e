using System.Collections.Immutable;
using ControlPlane.Xds.Wire;

namespace ControlPlane.Xds.Subscriptions;

/// <summary>What happened to the responses of one type on one stream, for people.</summary>
internal sealed class TypeHistory
{
    private const int MostRejections = 8;
    private const int MostNames = 20;

    public long Responses { get; set; }

    public long Resources { get; set; }

    public long Accepted { get; private set; }

    public long Rejected { get; private set; }

    public DateTimeOffset? LastAnswerAt { get; private set; }

    /// <summary>The latest ones, oldest first.</summary>
    public ImmutableArray<Rejection> Rejections { get; private set; } = [];

    public void Accept(DateTimeOffset at)
    {
        Accepted++;
        LastAnswerAt = at;
    }

    /// <summary>A client rejected a response: what it is about are the resources that its words name, else any of them.</summary>
    public Rejection Reject(Response response, string message, DateTimeOffset at)
    {
        Resource[] named = [.. response.Resources.Where(resource => Names(message, resource.Name))];
        IEnumerable<Resource> concerned = named.Length > 0 ? named : response.Resources;
        var rejection = new Rejection
        {
            At = at,
            Message = message,
            Resources = [.. concerned.Take(MostNames).Select(resource => resource.Name)],
            Origins = [.. concerned.Take(MostNames).Select(resource => resource.Origin).Where(origin => origin.Length > 0).Distinct()],
            IsExact = named.Length > 0,
        };
        Rejected++;
        LastAnswerAt = at;
        Rejections = [.. Rejections.Skip(Rejections.Length - MostRejections + 1), rejection];
        return rejection;
    }

    /// <summary>As a word of its own: <c>c1</c> is not named by <c>c10</c>.</summary>
    private static bool Names(string message, string name)
    {
        for (int at = message.IndexOf(name, StringComparison.Ordinal); at >= 0; at = message.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            int end = at + name.Length;
            if (name.Length > 0 && (at == 0 || !IsPartOfName(message[at - 1])) && (end == message.Length || !IsPartOfName(message[end])))
            {
                return true;
            }
        }
        return false;
    }

    private static bool IsPartOfName(char letter) => char.IsLetterOrDigit(letter) || letter is '-' or '_';
}
