using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using NATS.NKeys;

namespace ControlPlane.Tests.EndToEnd.Peers;

/// <summary>An operator with one account and one user, as NATS has them: signed JWTs, and a file of credentials with the user's own.</summary>
internal sealed class NatsAccount
{
    private readonly KeyPair operatorKey = KeyPair.CreatePair(PrefixByte.Operator);
    private readonly KeyPair accountKey = KeyPair.CreatePair(PrefixByte.Account);
    private readonly KeyPair userKey = KeyPair.CreatePair(PrefixByte.User);

    /// <summary>Of a server that trusts the operator.</summary>
    public string Configuration => $$"""
        operator: {{Sign(operatorKey, operatorKey, """{"type": "operator", "version": 2}""")}}
        resolver: MEMORY
        resolver_preload: { {{accountKey.GetPublicKey()}}: {{Sign(operatorKey, accountKey, """
            {"limits": {"subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true, "conn": -1, "leaf": -1}, "default_permissions": {"pub": {}, "sub": {}}, "type": "account", "version": 2}
            """)}} }
        """;

    /// <summary>What a file of credentials holds.</summary>
    public string Credentials => $"""
        -----BEGIN NATS USER JWT-----
        {Sign(accountKey, userKey, """{"pub": {}, "sub": {}, "subs": -1, "data": -1, "payload": -1, "type": "user", "version": 2}""")}
        ------END NATS USER JWT------

        -----BEGIN USER NKEY SEED-----
        {userKey.GetSeed()}
        ------END USER NKEY SEED------

        """;

    private static string Sign(KeyPair issuer, KeyPair subject, string claims)
    {
        var body = new JsonObject
        {
            ["jti"] = Guid.NewGuid().ToString("N"), ["iat"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), ["iss"] = issuer.GetPublicKey(), ["name"] = "test",
            ["sub"] = subject.GetPublicKey(), ["nats"] = JsonNode.Parse(claims),
        };
        string signed = $"{Encoded("""{"typ":"JWT","alg":"ed25519-nkey"}""")}.{Encoded(body.ToJsonString())}";
        byte[] signature = new byte[64];
        issuer.Sign(Encoding.ASCII.GetBytes(signed), signature);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encoded(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
