using System.CommandLine;
using ControlPlane.Silo.Commands;

// Commands end by themselves when they are told to stop; streams and leases, and services that drain, have their time.
return await CommandLine.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
