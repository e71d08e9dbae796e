using ControlPlane.Adapters;
using ControlPlane.Adapters.Aws.Client;
using ControlPlane.Adapters.Instances;
using ControlPlane.Model.Configuration;
using ControlPlane.Tests.EndToEnd.Peers;
using ControlPlane.Tests.EndToEnd.Sources;

namespace ControlPlane.Tests.EndToEnd.Aws;

/// <summary>A registry at AWS as the tests that are the same for all of them need it: what it calls the services <c>cart</c> and <c>web</c>.</summary>
public abstract class AwsWorld(MotoServer moto)
{
    protected static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    protected MotoServer Moto => moto;

    /// <summary>What is needed before there can be instances.</summary>
    public virtual Task PrepareAsync() => Task.CompletedTask;

    /// <summary>Adds an instance; the answer names it to <see cref="RemoveAsync"/>.</summary>
    public abstract Task<string> AddAsync(string service);

    public abstract Task RemoveAsync(string name);

    /// <summary>With pages of one item.</summary>
    internal abstract IInstanceRegistry Create(AwsClient client);

    internal WatchedSource Watch(AwsClient client) => Watch(Create(client), SourceMapping.Default);

    internal static WatchedSource Watch(IInstanceRegistry registry, SourceMapping mapping) =>
        new(new InstanceAdapter(registry, "aws/test", OneCluster.Name, mapping, new OneCluster()));
}
