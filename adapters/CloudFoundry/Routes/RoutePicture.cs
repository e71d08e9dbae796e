using System.Globalization;
using ControlPlane.Adapters.CloudFoundry.Apps;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model;

namespace ControlPlane.Adapters.CloudFoundry.Routes;

/// <summary>
/// What is registered, joined with the apps where the Cloud Controller is asked, and what of it is different since the last time. It outlives single
/// connections: what is known stays while nothing can be heard. Used by one loop.
/// </summary>
/// <param name="place">Where routes are registered, for people.</param>
/// <param name="usesApps">Whether there is a Cloud Controller: then only its apps count, and by its names.</param>
internal sealed class RoutePicture(string place, bool usesApps, CloudFoundryTimes times, TimeProvider time)
{
    // Registrations come every 20 s: when none did for longer, it is not their owners who are gone.
    private const int QuietShare = 4;

    private readonly RouteTable table = new(times.Prune, time);
    private readonly UnreadMessages unread = new(times.Remember, time);
    private readonly ProblemTable<string> problems = new();
    private AppCatalog? catalog;
    private long begun;
    private TimeSpan gather;
    private bool isGathered;
    private bool isWhole;
    private bool isComplete;
    private bool hasHeard;
    private bool wasSilent;
    private bool hasNews;
    private long heard;

    /// <summary>Whether the apps are known.</summary>
    public bool HasApps => catalog is not null;

    /// <summary>Whether something is registered of an app that the last reading of apps could not know.</summary>
    public bool MissesApps { get; private set; }

    /// <summary>A connection is there, and begins to be heard.</summary>
    /// <param name="within">How long it takes until all have registered that live.</param>
    public void Begin(TimeSpan within)
    {
        begun = heard = time.GetTimestamp();
        hasHeard = false;
        isComplete = false;
        isWhole = true;
        gather = within;
        table.Renew();
    }

    /// <summary>Somebody else has watched since: what is known from then is worth nothing.</summary>
    public void Forget()
    {
        table.Clear();
        catalog = null;
        isGathered = wasSilent = false;
    }

    /// <summary>What was said last was not believed, or not heard to its end: everything has to be gathered again.</summary>
    public void Doubt() => isGathered = false;

    public void Hear(string subject, ReadOnlySpan<byte> payload)
    {
        try
        {
            if (subject == RouteBus.Register)
            {
                table.Register(RouteMessage.Read(payload));
                hasHeard = true;
                wasSilent = false;
                heard = time.GetTimestamp();
            }
            else if (subject == RouteBus.Unregister)
            {
                table.Unregister(RouteMessage.Read(payload));
            }
        }
        catch (FormatException error)
        {
            unread.Add(subject, error.Message);
        }
    }

    public void SetApps(AppCatalog read)
    {
        // What was newer than the last reading may be older than this one.
        isWhole |= hasNews || catalog is null || !catalog.IsSameAs(read);
        hasNews = false;
        catalog = read;
        MissesApps = false;
        problems.Set("apps", []);
    }

    /// <summary>The apps could not be read again: those that are known count, and routes go on.</summary>
    public void MissApps(string reason)
    {
        MissesApps = false;
        problems.Set("apps", [new Problem("apps", "api", $"{reason}. Names and health are those of the last reading, instances come and go with their routes; apps that are new since are left out")]);
    }

    /// <summary>Something that is not right, in words; null: it is.</summary>
    public void Note(string field, string? message) => problems.Set(field, message is null ? [] : [new Problem(place, field, message)]);

    /// <exception cref="CloudFoundryException">Nothing is registered any more: that is not believed.</exception>
    public void Look()
    {
        TimeSpan quiet = time.GetElapsedTime(heard);
        if (isComplete && table.Count > 0 && quiet > times.Prune)
        {
            wasSilent = true;
            throw new CloudFoundryException(string.Create(CultureInfo.InvariantCulture,
                $"nothing was registered at {place} for {quiet.TotalSeconds:0} s, though {table.Count} endpoints are known: they are kept; look whether the route emitters reach it"));
        }
        // While nothing is heard of anybody, nobody is late.
        if (isComplete && quiet < times.Prune / QuietShare)
        {
            isWhole |= table.Prune();
        }
        Note("messages", unread.Describe());
    }

    /// <summary>What is different, or everything. Nothing as long as not all can have been heard.</summary>
    /// <exception cref="CloudFoundryException">Nothing is registered at all: that is not believed.</exception>
    public IReadOnlyList<InstanceEvent> TakeChanges()
    {
        if (!isComplete && !TryComplete())
        {
            return problems.TakeChange() is { } early ? [new RegistryTroubled(early.Problems)] : [];
        }
        var said = new List<InstanceEvent>();
        IReadOnlyCollection<string> changed = table.TakeChanged();
        if (isWhole)
        {
            said.Add(new ReadingBegun());
            foreach (string gone in changed.Except(table.Groups))
            {
                problems.Set(gone, []);
            }
            said.AddRange(table.Groups.Select(Read).OfType<GroupRead>());
            said.Add(new ReadingComplete());
            isWhole = false;
        }
        else
        {
            said.AddRange(changed.Select(Read).OfType<GroupRead>());
        }
        if (problems.TakeChange() is { } troubled)
        {
            said.Insert(IsWholeReading(said) ? said.Count - 1 : said.Count, new RegistryTroubled(troubled.Problems));
        }
        return said;

        static bool IsWholeReading(List<InstanceEvent> events) => events is [.., ReadingComplete];
    }

    private bool TryComplete()
    {
        if ((usesApps && catalog is null) || (wasSilent && !hasHeard) || (!isGathered && time.GetElapsedTime(begun) < gather))
        {
            return false;
        }
        if (!isGathered && table.Count == 0)
        {
            throw new CloudFoundryException(string.Create(CultureInfo.InvariantCulture,
                $"no route was registered at {place} within {gather.TotalSeconds:0} s: that is not believed; is it the NATS of a foundation, and may router.* be subscribed?"));
        }
        return isComplete = isGathered = true;
    }

    /// <summary>A group as it is now; null: it is not ours to report.</summary>
    private GroupRead? Read(string group)
    {
        IReadOnlyList<Registration> registrations = table.Of(group);
        hasNews |= catalog is not null && registrations.Any(registration => registration.Since > catalog.Begun);
        var found = new List<Problem>();
        GroupRead? read;
        if (!usesApps)
        {
            read = new GroupRead(group, AppInstances.ToldApart(registrations.SelectMany(registration => RouteInstances.ByHost(registration, found))));
        }
        else if (catalog!.Apps.TryGetValue(group, out App? app))
        {
            read = new GroupRead(app.Group, AppInstances.ToldApart(RouteInstances.OfApp(app, catalog.Begun, registrations, found)));
        }
        else
        {
            read = null;
            MissesApps |= registrations.Any(registration => registration.Endpoint.App.Length > 0 && registration.Since > catalog.Begun);
        }
        problems.Set(group, found.ToValueList());
        return read;
    }
}
