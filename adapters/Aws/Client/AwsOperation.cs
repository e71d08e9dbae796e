namespace ControlPlane.Adapters.Aws.Client;

/// <summary>An operation of a service, named as in an IAM policy.</summary>
/// <param name="Service">The name that IAM, signatures and host names have: <c>ecs</c>, <c>ec2</c>, <c>lambda</c>, <c>servicediscovery</c>.</param>
/// <param name="Name"><c>ListTasks</c>.</param>
/// <param name="HostPrefix">What comes before the service's host name for this operation: <c>data-</c>.</param>
public readonly record struct AwsOperation(string Service, string Name, string HostPrefix = "")
{
    /// <summary><c>ecs:ListTasks</c>.</summary>
    public override string ToString() => $"{Service}:{Name}";
}
