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

    /// <summary>Changes a tag, or what stands for one.</summary>
    public abstract Task TagAsync(string name, string key, string value);

    /// <summary>Where somebody says it.</summary>
    public virtual Task SetHealthAsync(string name, string status) => throw new NotSupportedException();

    /// <summary>Adds so many instances, as fast as may be.</summary>
    /// <returns>How many there really are.</returns>
    public virtual Task<int> FillAsync(int count) => throw new NotSupportedException();

    /// <summary>Pages as large as they may be; otherwise of one item.</summary>
    internal bool HasLargePages { get; set; }

    internal abstract IInstanceRegistry Create(AwsClient client);

    internal WatchedSource Watch(AwsClient client) => Watch(Create(client), SourceMapping.Default);

    internal static WatchedSource Watch(IInstanceRegistry registry, SourceMapping mapping) =>
        new(new InstanceAdapter(registry, "aws/test", OneCluster.Name, mapping, new OneCluster()));
}
