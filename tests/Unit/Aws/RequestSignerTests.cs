using System.Text;
using Amazon.Runtime;
using ControlPlane.Adapters.Aws.Signing;

namespace ControlPlane.Tests.Unit.Aws;

/// <summary>The vectors are those that AWS publishes with Signature Version 4.</summary>
public sealed class RequestSignerTests
{
    private const string Token =
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmU"
        + "pp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvK"
        + "Tr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

    private static readonly DateTimeOffset Signed = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("GET", "https://example.amazonaws.com/", null, "", null, "service", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("POST", "https://example.amazonaws.com/", null, "", Token, "service", "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead")]
    [InlineData("POST", "https://example.amazonaws.com/", "application/x-www-form-urlencoded", "Param1=value1", null, "service",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")]
    [InlineData("GET", "https://iam.amazonaws.com/?Version=2010-05-08&Action=ListUsers", "application/x-www-form-urlencoded; charset=utf-8", "", null, "iam",
        "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7")]
    public void Sign_PublishedRequest_HasThePublishedSignature(
        string method, string address, string? type, string body, string? token, string service, string signature)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        if (type is not null)
        {
            request.Content = new StringContent(body);
            request.Content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);
        }

        RequestSigner.Sign(
            request, Encoding.UTF8.GetBytes(body), new ImmutableCredentials("AKIDEXAMPLE", ScriptedAws.Secret, token), "us-east-1", service, Signed);

        string authorization = request.Headers.GetValues("Authorization").Single();
        authorization.ShouldStartWith($"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/{service}/aws4_request");
        authorization.ShouldEndWith($"Signature={signature}");
    }
}
