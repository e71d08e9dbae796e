using System.Net;
using ControlPlane.Model;
using ControlPlane.Xds.Resources.Naming;
using ControlPlane.Xds.Resources.Views;
using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Http.AwsLambda.V3;
using Envoy.Extensions.Filters.Http.AwsRequestSigning.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Envoy.Type.Matcher.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using EnvoyCluster = Envoy.Config.Cluster.V3.Cluster;
using LambdaConfig = Envoy.Extensions.Filters.Http.AwsLambda.V3.Config;

namespace ControlPlane.Xds.Resources.Generators;

/// <summary>
/// What a function needs beside the endpoint that names it: an internal listener, which makes a call of the request, and the Envoy cluster that this goes
/// to. Both have one name; it is a function's own, so that functions come and go without touching others.
/// </summary>
internal static class FunctionGenerator
{
    // The invoke API answers with the whole body at once, and Envoy keeps both in memory: Lambda's own limit for a payload, and what encoding adds.
    private const uint MostBytes = 16 * 1024 * 1024;
    private const string LambdaCluster = "com.amazonaws.lambda";

    /// <exception cref="UriFormatException">The function has no URL.</exception>
    public static Listener Listener(string name, Function function)
    {
        Uri url = UrlOf(function);
        return ListenerGenerator.Internal(name, MostBytes, FilterOf(function, url), HostOf(url));
    }

    /// <exception cref="UriFormatException">The function has no URL.</exception>
    public static EnvoyCluster Cluster(string name, Function function)
    {
        Uri url = UrlOf(function);
        string host = url.DnsSafeHost;
        EnvoyCluster cluster = ClusterGenerator.Of(name, IPAddress.TryParse(host, out _)
            ? EnvoyCluster.Types.DiscoveryType.Static
            : EnvoyCluster.Types.DiscoveryType.LogicalDns, withRetryBudget: true);
        cluster.PerConnectionBufferLimitBytes = MostBytes;
        ClusterGenerator.Resolve(cluster, host, url.Port);
        if (function.Speaks == Speaks.Lambda)
        {
            // Without it the filter leaves requests as they are.
            cluster.Metadata = new Metadata
            {
                FilterMetadata = { [LambdaCluster] = new Struct { Fields = { ["egress_gateway"] = Value.ForBool(true) } } },
            };
        }
        if (url.Scheme == Uri.UriSchemeHttps)
        {
            cluster.TransportSocket = new TransportSocket { Name = "envoy.transport_sockets.tls", TypedConfig = Any.Pack(Verified(url.Host)) };
        }
        return cluster;
    }

    private static Uri UrlOf(Function function) => new(function.Speaks == Speaks.Lambda ? function.Api : function.Address);

    private static string HostOf(Uri url) => url.IsDefaultPort ? url.Host : url.Authority;

    private static HttpFilter? FilterOf(Function function, Uri url) => function.Speaks switch
    {
        Speaks.Lambda => Filter("envoy.filters.http.aws_lambda", new LambdaConfig { Arn = function.Address, HostRewrite = HostOf(url) }),
        Speaks.SignedHttps => Filter("envoy.filters.http.aws_request_signing", new AwsRequestSigning
        {
            ServiceName = "lambda",
            Region = function.Region,
            HostRewrite = HostOf(url),
            // What is put on after signing may not be signed.
            MatchExcludedHeaders = { new StringMatcher { Prefix = "x-forwarded-" }, new StringMatcher { Prefix = "x-envoy-" }, new StringMatcher { Exact = "x-request-id" } },
        }),
        _ => null,
    };

    private static HttpFilter Filter(string name, IMessage config) => new() { Name = name, TypedConfig = Any.Pack(config) };

    private static UpstreamTlsContext Verified(string host) => new()
    {
        Sni = host,
        CommonTlsContext = new CommonTlsContext
        {
            TlsParams = new TlsParameters { TlsMaximumProtocolVersion = TlsParameters.Types.TlsProtocol.Tlsv13 },
            CombinedValidationContext = new CommonTlsContext.Types.CombinedCertificateValidationContext
            {
                DefaultValidationContext = new CertificateValidationContext
                {
                    MatchTypedSubjectAltNames =
                    {
                        new SubjectAltNameMatcher { SanType = SubjectAltNameMatcher.Types.SanType.Dns, Matcher = new StringMatcher { Exact = host } },
                    },
                },
                ValidationContextSdsSecretConfig = new SdsSecretConfig { Name = EnvoyNames.SystemAuthorities },
            },
        },
    };
}
