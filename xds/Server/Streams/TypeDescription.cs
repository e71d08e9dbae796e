using ControlPlane.Xds.Subscriptions;
using ControlPlane.Xds.Wire;

namespace ControlPlane.Xds.Streams;

/// <summary>Makes the status of one type of a stream, for people.</summary>
internal static class TypeDescription
{
    private const int MostNames = 100;

    public static TypeStatus Of(Subscription subscription, TimeProvider time)
    {
        IEnumerable<string> missing = subscription.Known
            .Where(known => known.Value.IsNamed && subscription.Picture.Find(known.Key) is null).Select(known => known.Key);
        Response? oldest = subscription.InFlight.FirstOrDefault();
        TimeSpan? age = oldest is null ? null : time.GetElapsedTime(oldest.SentAt);
        return new TypeStatus
        {
            TypeUrl = subscription.TypeUrl,
            IsWildcard = subscription.IsWildcard,
            Named = subscription.NamedCount,
            Known = subscription.Known.Count(known => known.Value.Version is not null),
            Responses = subscription.History.Responses,
            Accepted = subscription.History.Accepted,
            Rejected = subscription.History.Rejected,
            LastAnswerAt = subscription.History.LastAnswerAt,
            AwaitingAnswerSince = age is null ? null : time.GetUtcNow() - age,
            AwaitingAnswerFor = [.. subscription.InFlight.SelectMany(response => response.Resources).Select(resource => resource.Name).Distinct().Take(MostNames)],
            Missing = [.. missing.Order(StringComparer.Ordinal).Take(MostNames)],
            Rejections = subscription.History.Rejections,
        };
    }
}
