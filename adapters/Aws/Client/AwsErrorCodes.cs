namespace ControlPlane.Adapters.Aws.Client;

/// <summary>What the services call their errors. Each protocol, and sometimes each service, has its own word for the same.</summary>
internal static class AwsErrorCodes
{
    private static readonly HashSet<string> Throttling = [
        "BandwidthLimitExceeded", "EC2ThrottledException", "LimitExceededException", "PriorRequestNotComplete", "ProvisionedThroughputExceededException",
        "RequestLimitExceeded", "RequestThrottled", "RequestThrottledException", "RequestThrottling", "SlowDown", "ThrottledException", "Throttling",
        "ThrottlingException", "TooManyRequestsException", "TransactionInProgressException", "LimitExceeded"];

    private static readonly HashSet<string> Credentials = [
        "AuthFailure", "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "IncompleteSignatureException", "InvalidAccessKeyId",
        "InvalidClientTokenId", "InvalidSignatureException", "InvalidToken", "MissingAuthenticationToken", "MissingAuthenticationTokenException",
        "RequestExpired", "SignatureDoesNotMatch", "TokenRefreshRequired", "UnrecognizedClientException"];

    private static readonly HashSet<string> Clock = [
        "RequestTimeTooSkewed", "RequestInTheFuture", "RequestExpired", "SignatureDoesNotMatch", "InvalidSignatureException", "AuthFailure"];

    private static readonly HashSet<string> Access = [
        "AccessDenied", "AccessDeniedException", "NotAuthorized", "UnauthorizedException", "UnauthorizedOperation"];

    /// <summary>What a region says that the account has not enabled, too.</summary>
    private static readonly HashSet<string> Region = ["AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException"];

    public static bool IsThrottling(string code) => Throttling.Contains(code);

    public static bool IsCredentials(string code) => Credentials.Contains(code);

    public static bool IsSkew(string code) => code is "RequestTimeTooSkewed" or "RequestInTheFuture";

    public static bool MayBeSkew(string code) => Clock.Contains(code);

    public static bool IsAccess(string code) => Access.Contains(code);

    public static bool MayBeRegion(string code) => Region.Contains(code);
}
