using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using ControlPlane.Silo.Rest;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Commands;

/// <summary><c>controlplane get</c>: lists of a running control plane.</summary>
internal static class GetCommand
{
    private static readonly Option<Uri> Server = Parsing.Server();

    private static readonly Option<OutputFormat> Output = new("--output", "-o") { Description = "How it is printed", DefaultValueFactory = _ => OutputFormat.Table };

    public static Command Create() => new("get", "Lists what a running control plane knows")
    {
        Kind<ClusterView>(
            "clusters", "The clusters and the state of their sources", ["state", "mesh", "network"],
            ["name", "state", "mesh", "network", "locality", "services", "endpoints", "why"],
            cluster => [
                cluster.Name, cluster.State.ToString(), cluster.Mesh ?? "(not declared)", cluster.Network ?? "", cluster.Locality?.ToString() ?? "",
                cluster.Services.ToString(), cluster.Endpoints.ToString(), cluster.Reason ?? ""]),
        Kind<ServiceView>(
            "services", "The services, merged from all sources", ["mesh", "namespace", "name", "source"],
            ["mesh", "namespace", "name", "ports", "healthy", "endpoints", "sources", "conflicts"],
            service => [
                service.Mesh, service.Namespace, service.Name,
                string.Join(',', service.Ports.Select(port => $"{port.Port}/{port.Protocol}{(port.LoopbackPort is { } loopback ? $"@{loopback}" : "")}")),
                service.Healthy.ToString(), service.Endpoints.ToString(), string.Join(',', service.Sources.Select(source => source.Source)),
                service.Conflicts.Count == 0 ? "" : service.Conflicts.Count.ToString()]),
        Kind<EndpointView>(
            "endpoints", "The addresses of all services", ["service", "namespace", "cluster", "region", "zone", "address", "health"],
            ["service", "address", "ports", "health", "weight", "cluster", "locality", "workload"],
            endpoint => [
                endpoint.Service, endpoint.Address, string.Join(',', endpoint.Ports.Select(port => $"{port.Key}={port.Value}")), endpoint.Health.ToString(),
                endpoint.Weight.ToString(), endpoint.Cluster, endpoint.Locality.ToString(), endpoint.Workload ?? ""]),
        Kind<PathView>(
            "paths", "How each place reaches each service", ["cluster", "mesh", "network", "service", "gateway", "kind"],
            ["from", "to", "tier", "share", "kind", "gateways", "locality", "healthy", "ms", "$/GB"],
            path => [
                path.From, path.To, path.Tier.ToString(), $"{path.Share} %", path.Kind.ToString(), string.Join(',', path.Gateways), path.Locality.ToString(),
                $"{path.Healthy}/{path.Declared}", path.RoundTripMs.ToString(), path.PricePerGb.ToString()]),
        Kind<MeshView>(
            "meshes", "The meshes that are declared, and how well their certificates are", [],
            ["name", "trust domain", "mtls", "identities", "next expiry", "why"],
            mesh => [
                mesh.Name, mesh.TrustDomain, mesh.Mtls?.ToString() ?? "(no certificates)", mesh.Identities.Count.ToString(),
                mesh.Identities.MinBy(identity => identity.NotAfter)?.NotAfter.ToString("u") ?? "", string.Join("; ", mesh.Problems.Select(problem => $"{problem.Where}: {problem.Message}"))]),
        Kind<ProxyView>(
            "proxies", "The connected proxies, and what each has accepted or rejected", ["kind", "cluster", "state"],
            ["id", "kind", "state", "protocol", "cluster", "locality", "since", "why"],
            proxy => [
                proxy.Id, proxy.Kind ?? "", proxy.State.ToString(), proxy.Protocol ?? "", proxy.Cluster, proxy.Locality?.ToString() ?? "", proxy.Since.ToString("u"),
                proxy.Reason ?? string.Join("; ", proxy.Types.Where(type => type.IsRejected).Select(type => type.Rejections[^1].Message).Concat(proxy.IdentityProblem is { } problem ? [problem] : []))]),
    };

    private static Command Kind<T>(string name, string description, string[] filters, string[] columns, Func<T, string[]> row)
    {
        Option<string>[] options = [.. filters.Select(filter => new Option<string>($"--{filter}", filter == "namespace" ? ["-n"] : [])
        {
            Description = $"Only those of this {filter}", DefaultValueFactory = _ => "",
        })];
        var command = new Command(name, description) { Server, Output };
        foreach (Option<string> option in options)
        {
            command.Add(option);
        }
        command.SetAction(async (arguments, cancellationToken) =>
        {
            try
            {
                using var client = new RestClient(arguments.GetRequiredValue(Server));
                JsonArray items = await client.ListAsync(
                    name, filters.Zip(options, (filter, option) => KeyValuePair.Create(filter, arguments.GetRequiredValue(option))), cancellationToken);
                switch (arguments.GetValue(Output))
                {
                    case OutputFormat.Json:
                        Console.Out.WriteLine(items.ToJsonString(new JsonSerializerOptions(RestJson.Options) { WriteIndented = true }));
                        break;
                    case OutputFormat.Yaml:
                        Console.Out.Write(YamlOutput.Write(items));
                        break;
                    default:
                        Terminal.Print(columns, [.. items.Select(item => row(item.Deserialize<T>(RestJson.Options)!))]);
                        break;
                }
                return 0;
            }
            catch (InvalidDataException exception)
            {
                return Terminal.Fail(exception.Message);
            }
        });
        return command;
    }

    private enum OutputFormat
    {
        Table,
        Json,
        Yaml,
    }
}
