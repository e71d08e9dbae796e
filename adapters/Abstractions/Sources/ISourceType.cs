using ControlPlane.Adapters.Configuration;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Sources;

/// <summary>A kind of registry that <c>Source</c> objects name: how its settings are read, and what watches it.</summary>
public interface ISourceType
{
    /// <summary>The field of <c>spec</c> that holds its settings, and the first part of its sources' names: <c>consul</c>.</summary>
    string Name { get; }

    /// <summary>How often such a registry is asked while it rests, if it has to be asked; null: it says its changes by itself.</summary>
    TimeSpan? Refresh { get; }

    /// <summary>Whether such a source says of all that it reports in which cluster it is; else the object does.</summary>
    bool NamesClusters { get; }

    /// <summary>Checks settings as they were written; everything that is wrong with them becomes a problem.</summary>
    void Check(FieldReader settings);

    /// <exception cref="Exception">The settings cannot be used: a file that they name is not there. The message is shown to people.</exception>
    IDiscoveryAdapter Create(Source source, SourceContext context);
}
