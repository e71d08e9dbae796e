namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

/// <summary>What goes wrong between a source and its registry.</summary>
public enum SourceFault
{
    /// <summary>Connections are closed at once.</summary>
    Outage,

    /// <summary>There is never an answer.</summary>
    Silence,

    /// <summary>The credentials are not those of anybody.</summary>
    WrongCredentials,

    /// <summary>The credentials come to their end; there are new ones where the source has them from.</summary>
    ExpiredCredentials,

    /// <summary>The credentials are good, and may not do this.</summary>
    Denied,

    /// <summary>There were too many requests.</summary>
    Throttled,

    /// <summary>A page, or one of many answers, fails in the middle of a reading.</summary>
    PartOfReading,

    /// <summary>A success whose body nobody understands.</summary>
    Garbage,

    /// <summary>Half of an answer.</summary>
    Truncated,

    /// <summary>All is gone, once.</summary>
    Emptiness,
}
