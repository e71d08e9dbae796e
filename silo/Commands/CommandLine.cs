using System.CommandLine;

namespace ControlPlane.Silo.Commands;

/// <summary>The <c>controlplane</c> command. Exit codes: 0 done, 1 not done, with the reason on standard error.</summary>
internal static class CommandLine
{
    public static RootCommand Create() => new(
        """
        One control plane for service mesh and gateways: discovers services from Kubernetes, Consul, files and more, and serves every Envoy and gRPC client
        the nearest healthy path to each, as xDS.

        A first try:
          controlplane run --config deploy/examples/two-regions
          controlplane bootstrap --node web-1 --kind sidecar --cluster eu-a > envoy.yaml
          envoy -c envoy.yaml --disable-hot-restart
          controlplane get proxies
          controlplane explain web-1 default/cart
        """)
    {
        RunCommand.Create(),
        ValidateCommand.Create(),
        BootstrapCommand.Create(),
        GetCommand.Create(),
        ExplainCommand.Create(),
        HairpinsCommand.Create(),
        AgentCommand.Create(),
        BackupCommand.Create(),
        RestoreCommand.Create(),
    };
}
