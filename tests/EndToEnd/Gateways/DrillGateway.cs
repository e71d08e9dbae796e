using System.Globalization;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Gateways;

/// <summary>An east-west gateway in a network namespace of its own: a leg in its own network, and one in its callers', the link.</summary>
public sealed class DrillGateway : IAsyncDisposable
{
    public const int Port = 15443;
    private readonly EnvoyProcess envoy;
    private readonly NetworkNamespace machine;
    private readonly string callers;

    private DrillGateway(EnvoyProcess envoy, NetworkNamespace machine, string callers)
    {
        this.envoy = envoy;
        this.machine = machine;
        this.callers = callers;
    }

    /// <summary>Where its callers reach it.</summary>
    public string EndPoint => string.Create(CultureInfo.InvariantCulture, $"{machine.AddressIn(callers)}:{Port}");

    /// <param name="callers">The network of those who need it.</param>
    public static async Task<DrillGateway> StartAsync(ControlPlaneProcess controlPlane, string name, string cluster, NetworkNamespace machine, string callers) => new(
        await EnvoyProcess.StartAsync(controlPlane, name, machine, "--kind", "gateway", "--gateway", name, "--cluster", cluster), machine, callers);

    /// <summary>SIGKILL.</summary>
    public void Kill() => envoy.Kill();

    /// <summary>Cuts the link.</summary>
    public Task CutAsync() => machine.CutAsync(callers);

    /// <summary>Whatever happened to it: the link is whole, and it runs.</summary>
    public async Task BringBackAsync()
    {
        await machine.MendAsync(callers);
        if (envoy.HasExited)
        {
            await envoy.RestartAsync();
        }
    }

    public ValueTask DisposeAsync() => envoy.DisposeAsync();
}
