using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Hosting;

IHostBuilder host = new HostBuilder().UseOrleans(silo => silo.UseLocalhostClustering());
return host is null ? 1 : 0;

[Alias("probe.IProbeGrain")]
internal interface IProbeGrain : IGrainWithStringKey
{
    [Alias("Ask")]
    Task<string> AskAsync();
}

[GrainType("probe")]
internal sealed class ProbeGrain : Grain, IProbeGrain
{
    public Task<string> AskAsync() => Task.FromResult(this.GetPrimaryKeyString());
}
