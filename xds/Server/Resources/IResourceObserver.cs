namespace ControlPlane.Xds;

/// <summary>Is told of each publication of a set, by the one who publishes: it takes a note and returns.</summary>
internal interface IResourceObserver
{
    void OnPublished();
}
