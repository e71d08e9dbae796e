using ControlPlane.Adapters.Configuration;
using ControlPlane.Model;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Files;

/// <summary>What has been reported in one pass, and what is different now.</summary>
internal sealed class ReportedConfiguration
{
    private Dictionary<ServiceId, ServicePart> services = [];
    private ValueList<ConfigObject>? objects;
    private ValueList<Problem>? problems;

    /// <param name="good">What is in force; null: nothing has ever been right.</param>
    /// <param name="now">All problems there are.</param>
    public IEnumerable<DiscoveryEvent> Report(ConfigurationSet? good, ValueList<Problem> now)
    {
        bool isFirst = objects is null;
        if (problems != now)
        {
            problems = now;
            yield return new Troubled(now);
        }
        if (good is null)
        {
            yield break;
        }
        if (objects != good.Objects)
        {
            objects = good.Objects;
            yield return new Configured(good.Objects);
        }
        var next = good.Services.ToDictionary(part => part.Service);
        // What a folder no longer has may only be out of sight: the whole is said again, and looked at before it is believed.
        bool isWhole = isFirst || services.Any(known => !next.TryGetValue(known.Key, out ServicePart? part) || part.Endpoints.Count < known.Value.Endpoints.Count);
        if (isWhole && !isFirst)
        {
            yield return Begun.Instance;
        }
        foreach (ServicePart part in good.Services)
        {
            if (isWhole || !services.TryGetValue(part.Service, out ServicePart? known) || (!ReferenceEquals(known, part) && known != part))
            {
                yield return new Replaced(part);
            }
        }
        services = next;
        if (isWhole)
        {
            yield return Synced.Instance;
        }
    }
}
