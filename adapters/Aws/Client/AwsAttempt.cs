namespace ControlPlane.Adapters.Aws.Client;

/// <summary>What came of one try: a value, or a failure.</summary>
internal readonly record struct AwsAttempt<T>(T? Value, AwsFailure? Failure);
