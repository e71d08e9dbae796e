using System.Buffers.Binary;
using System.Security.Cryptography;
using ControlPlane.Xds.Grpc;
using ControlPlane.Xds.Subscriptions;
using ControlPlane.Xds.Wire;

namespace ControlPlane.Xds.Streams;

/// <summary>The subscriptions of one stream, one a type: takes in requests, and says which response is next.</summary>
internal sealed class StreamTypes : IDisposable
{
    // More than this many unanswered responses of a type are not kept track of.
    private const int MostInFlight = 8;
    private readonly XdsMethod method;
    private readonly StreamServices services;
    private readonly Action<TimeSpan> wakeIn;
    private readonly IResourceObserver observer;
    private readonly SendOrder order;
    private readonly List<Subscription> subscriptions = [];
    private readonly List<Subscription> removalOrder = [];
    private Variant? variant;
    private ulong lastNonce;

    public StreamTypes(XdsMethod method, StreamServices services, Action<TimeSpan> wakeIn, IResourceObserver observer)
    {
        this.method = method;
        this.services = services;
        this.wakeIn = wakeIn;
        this.observer = observer;
        order = new SendOrder(services.Time, services.Options, wakeIn) { IsSingleType = method.TypeUrl is not null };
    }

    /// <summary>Whether a response was sent on this stream.</summary>
    public bool HasSent { get; private set; }

    /// <exception cref="GrpcException">The request cannot be served, and the stream ends.</exception>
    public void Receive(DiscoveryRequest request, StreamProxy proxy)
    {
        variant ??= CreateVariant(proxy.Node);
        Subscription subscription = Find(request, proxy);
        subscription.Follow();
        bool isFirst = !subscription.IsStarted;
        bool isCurrent = Acknowledge(request, subscription, proxy.Node);
        // In SotW a request that does not know the last response is overtaken by the one that answers it.
        if (method.IsDelta || isFirst || isCurrent)
        {
            variant.Apply(request, subscription);
        }
    }

    /// <summary>Goes on to the newest pictures. From the last type to the first: whoever publishes goes the other way, so what a later type
    /// names is seen with it.</summary>
    public void Follow()
    {
        for (int i = subscriptions.Count - 1; i >= 0; i--)
        {
            subscriptions[i].Follow();
        }
    }

    /// <summary>The next response; null: there is none to be sent now.</summary>
    public Response? Next()
    {
        foreach (Subscription subscription in subscriptions)
        {
            if ((subscription.Dirty.Count > 0 || subscription.IsAnswerDue) && MaySend(subscription)
                && Make(subscription, isRemoval: false) is { } response)
            {
                return response;
            }
        }
        foreach (Subscription subscription in removalOrder)
        {
            if (subscription.Gone.Count > 0 && MaySend(subscription) && Make(subscription, isRemoval: true) is { } response)
            {
                return response;
            }
        }
        return null;
    }

    public ProxyStatus Describe(StreamProxy proxy, string remote, DateTimeOffset connectedAt) => new()
    {
        Node = proxy.Node.Id,
        Cluster = proxy.Node.Cluster,
        Kind = proxy.Kind,
        Region = proxy.Node.Region,
        Zone = proxy.Node.Zone,
        SubZone = proxy.Node.SubZone,
        Remote = remote,
        UserAgent = proxy.Node.UserAgentName,
        UserAgentVersion = proxy.Node.UserAgentVersion,
        IsDelta = method.IsDelta,
        ConnectedAt = connectedAt,
        Identity = proxy.Resources.Identity,
        IdentityProblem = proxy.Resources.IdentityProblem,
        Types = [.. subscriptions.Where(subscription => subscription.IsStarted).Select(subscription => TypeDescription.Of(subscription, services.Time))],
    };

    public void Dispose()
    {
        foreach (Subscription subscription in subscriptions)
        {
            subscription.Set.Unsubscribe(observer);
        }
    }

    private Variant CreateVariant(ProxyNode node)
    {
        // A random part, so that a nonce of another stream means nothing here; the rest counts.
        Span<byte> random = stackalloc byte[4];
        RandomNumberGenerator.Fill(random);
        lastNonce = (ulong)(BinaryPrimitives.ReadUInt32LittleEndian(random) | 1) << 32;
        return method.IsDelta
            ? new DeltaVariant(order, services.Options.MaxResponseBytes, method.TypeUrl is not null || !IsEnvoyBeforeWildcard(node))
            : new SotwVariant(order, services.Options.MaxResponseBytes);
    }

    /// <summary>Until 1.18 Envoy had no word for the wildcard.</summary>
    private static bool IsEnvoyBeforeWildcard(ProxyNode node) =>
        node.UserAgentName == "envoy" && Version.TryParse(node.UserAgentVersion, out Version? version) && version < new Version(1, 19);

    private Subscription Find(DiscoveryRequest request, StreamProxy proxy)
    {
        string typeUrl = request.TypeUrl.Length > 0 ? request.TypeUrl : method.TypeUrl ?? "";
        if (typeUrl.Length == 0 || (method.TypeUrl is not null && typeUrl != method.TypeUrl))
        {
            throw new GrpcException(GrpcStatus.Invalid(
                typeUrl.Length == 0 ? "the request has no type_url" : $"this method serves {method.TypeUrl}, not {typeUrl}"));
        }
        foreach (Subscription known in subscriptions)
        {
            if (known.TypeUrl == typeUrl)
            {
                return known;
            }
        }
        if (subscriptions.Count == services.Options.MaxTypes)
        {
            throw new GrpcException(new GrpcStatus(GrpcCode.ResourceExhausted, $"{services.Options.MaxTypes} types are the most on one stream"));
        }
        var subscription = new Subscription(typeUrl, proxy.Resources.Sets.GetValueOrDefault(typeUrl));
        subscription.Set.Subscribe(observer);
        order.Register(subscription);
        Insert(subscriptions, subscription, Rank);
        Insert(removalOrder, subscription, RemovalRank);
        return subscription;
    }

    private static void Insert(List<Subscription> list, Subscription subscription, Func<string, int> rank)
    {
        int place = list.FindIndex(other => rank(other.TypeUrl) > rank(subscription.TypeUrl));
        list.Insert(place < 0 ? list.Count : place, subscription);
    }

    private static int Rank(string typeUrl)
    {
        int rank = Array.IndexOf(TypeUrls.All, typeUrl);
        return rank < 0 ? TypeUrls.All.Length : rank;
    }

    // What uses others goes before them.
    private static int RemovalRank(string typeUrl) => typeUrl switch
    {
        TypeUrls.Cluster => 1,
        TypeUrls.ClusterLoadAssignment => 2,
        TypeUrls.Secret => 3,
        _ => 0,
    };

    /// <summary>Takes in what the request says about a response. False: it does not know the last one.</summary>
    private bool Acknowledge(DiscoveryRequest request, Subscription subscription, ProxyNode node)
    {
        if (request.Nonce.IsNone)
        {
            return subscription.InFlight.Count == 0;
        }
        int index = subscription.IndexOf(request.Nonce);
        bool isCurrent = request.Nonce == subscription.LastNonce;
        if (index < 0)
        {
            return isCurrent;
        }
        Response response = subscription.InFlight[index];
        services.Metrics.AnswerTime.Record(services.Time.GetElapsedTime(response.SentAt).TotalSeconds);
        if (request.Error is { } error)
        {
            services.Metrics.Rejections.Add(1);
            Rejection rejection = subscription.History.Reject(response, error, services.Time.GetUtcNow());
            StreamLog.Rejected(
                services.Logger, node.Id, string.Join(", ", rejection.Resources), subscription.TypeUrl, string.Join(", ", rejection.Origins), error);
        }
        else
        {
            subscription.History.Accept(services.Time.GetUtcNow());
        }
        for (int i = 0; i <= index; i++)
        {
            if (request.Error is null)
            {
                subscription.Accept(subscription.InFlight[i]);
            }
            order.Answered(subscription, subscription.InFlight[i], request.Error is null);
        }
        subscription.InFlight.RemoveRange(0, index + 1);
        subscription.Recycle(response);
        return isCurrent;
    }

    /// <summary>The next response of a type goes out when the last was answered, or its answer is missing for too long.</summary>
    private bool MaySend(Subscription subscription)
    {
        if (!subscription.IsStarted)
        {
            return false;
        }
        if (subscription.InFlight.Count == 0)
        {
            return true;
        }
        TimeSpan left = services.Options.ClusterPatience - services.Time.GetElapsedTime(subscription.InFlight[^1].SentAt);
        if (left <= TimeSpan.Zero)
        {
            return true;
        }
        wakeIn(left);
        return false;
    }

    private Response? Make(Subscription subscription, bool isRemoval)
    {
        Response response = subscription.Begin();
        if (!(isRemoval ? variant!.AddRemovals(subscription, response) : variant!.AddChanges(subscription, response)))
        {
            subscription.Recycle(response);
            return null;
        }
        response.Nonce = new Nonce(++lastNonce);
        response.SentAt = services.Time.GetTimestamp();
        if (subscription.InFlight.Count == MostInFlight)
        {
            subscription.InFlight.RemoveAt(0);
        }
        subscription.Sent(response);
        HasSent = true;
        return response;
    }
}
