return await ControlPlane.Silo.Commands.CommandLine.Create().Parse(args).InvokeAsync();
