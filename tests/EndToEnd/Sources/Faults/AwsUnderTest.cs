using System.Net;
using ControlPlane.Adapters;
using ControlPlane.Adapters.Aws.Client;
using ControlPlane.Model;
using ControlPlane.Tests.EndToEnd.Aws;
using ControlPlane.Tests.EndToEnd.Peers;

namespace ControlPlane.Tests.EndToEnd.Sources.Faults;

/// <summary>A registry at AWS, by moto and the client that signs. moto checks no signatures: the proxy does not accept credentials in its place.</summary>
public abstract class AwsUnderTest : RegistryUnderTest
{
    private readonly HashSet<string> unhealthy = [];

    protected AwsUnderTest(string name)
        : base(name)
    {
        Faults[SourceFault.Outage] = By(Fault.Refuse, "cannot be reached");
        Faults[SourceFault.Silence] = By(Fault.Hang, "no answer from");
        Faults[SourceFault.WrongCredentials] = By(() => Error(AwsFault.WrongCredentials), "the credentials are not accepted");
        Faults[SourceFault.ExpiredCredentials] = By(
            () => Error(AwsFault.Expired).For(request => request.Authorization.Contains("Credential=testing0/", StringComparison.Ordinal)), null);
        Faults[SourceFault.Denied] = By(() => Error(AwsFault.Denied), $" in {MotoServer.Region}: it is not allowed (");
        Faults[SourceFault.Throttled] = By(() => Error(AwsFault.Throttled), "too many requests (");
        Faults[SourceFault.PartOfReading] = By(() => Error(AwsFault.Refused).For(IsSecondPage), $" in {MotoServer.Region}: the answer is ", MakeSecondPageAsync);
        Faults[SourceFault.Garbage] = By(Fault.Answer(HttpStatusCode.OK, "<html><body>welcome to the hotel"), "answered something that cannot be read");
        Faults[SourceFault.Truncated] = By(Fault.Truncate, "broke off");
        Faults[SourceFault.Emptiness] = By(() => Fault.Change(Emptied).For(IsList).Times(1), "endpoints are gone in one reading");
    }

    public override IReadOnlyCollection<string> Secrets => ["testing"];

    internal AwsWorld World { get; private set; } = null!;

    protected MotoServer Moto { get; private set; } = null!;

    public override async Task ResetAsync()
    {
        Proxy.Rewrite = null;
        unhealthy.Clear();
        await base.ResetAsync();
    }

    public override Task ChangeAsync(string name) => World.TagAsync(name, "controlplane/weight", "7");

    public override async Task SetHealthAsync(string name, Health health)
    {
        // moto cannot make it so: it is written into its answers.
        _ = health == Health.Unhealthy ? unhealthy.Add(name) : unhealthy.Remove(name);
        Proxy.Rewrite = answer => unhealthy.Aggregate(answer, MakeUnhealthy);
        await World.TagAsync(name, "controlplane/drain", health == Health.Draining ? "true" : "false");
    }

    public override async Task<int> FillAsync(int count)
    {
        World.HasLargePages = true;
        return await AddManyAsync(count) + Instances.Count;
    }

    public override Task KillAsync() => Moto.KillAsync();

    public override async Task StartAgainAsync()
    {
        // It has forgotten everything, which must not be seen before it has been told again.
        Proxy.Fault = Fault.Refuse;
        await Moto.RestartAsync();
        ForgetAll();
        World = await AwsWorlds.CreateAsync(Name, Moto);
        await PopulateAsync();
        await ResetAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await (Moto?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    protected override async Task<FaultProxy> StartComponentAsync()
    {
        Moto = await MotoServer.StartAsync();
        World = await AwsWorlds.CreateAsync(Name, Moto);
        return await FaultProxy.StartAsync(Moto.Address);
    }

    protected override IDiscoveryAdapter Connect(Uri via, TimeSpan patience)
    {
        AwsClient client = Moto.Connect(access: Moto.Access with { Endpoint = via, RequestTimeout = patience });
        return Adapt(World.Create(client));
    }

    protected override Task EndAsync()
    {
        Proxy.Rewrite = null;
        return base.EndAsync();
    }

    protected override Task<string> CreateAsync(string service) => World.AddAsync(service);

    protected override Task DeleteAsync(string name) => World.RemoveAsync(name);

    protected virtual Task<int> AddManyAsync(int count) => World.FillAsync(count);

    /// <summary>Writes instances into answers: moto would need minutes for so many.</summary>
    /// <param name="before">What they are written behind, where it is.</param>
    /// <param name="among">What else is in such an answer.</param>
    protected Task<int> WriteManyAsync(int count, string before, Func<int, string> instance, string among = "")
    {
        string all = string.Concat(Enumerable.Range(0, count).Select(instance));
        Proxy.Rewrite = answer => answer.IndexOf(before, StringComparison.Ordinal) is >= 0 and var at && answer.Contains(among, StringComparison.Ordinal) ? answer.Insert(at + before.Length, all) : answer;
        return Task.FromResult(count);
    }

    /// <summary>An answer in which an instance is unhealthy.</summary>
    protected virtual string MakeUnhealthy(string answer, string name) => answer;

    /// <summary>An error as the service writes it.</summary>
    protected abstract Fault Error(AwsFault fault);

    /// <summary>Whether a request is for another page of a list than the first.</summary>
    protected abstract bool IsSecondPage(FaultedRequest request);

    /// <summary>Where moto has no pages, one is told of in its answer.</summary>
    protected virtual Task MakeSecondPageAsync() => Task.CompletedTask;

    /// <summary>Writes the token of a second page into lists.</summary>
    protected Task AddToListsAsync(string list, string token)
    {
        Proxy.Rewrite = answer => answer.Contains(list, StringComparison.Ordinal) ? "{" + token + "," + answer.TrimStart()[1..] : answer;
        return Task.CompletedTask;
    }

    /// <summary>Whether a request is for a list without which there are no instances.</summary>
    protected abstract bool IsList(FaultedRequest request);

    /// <summary>Such a list with nothing in it.</summary>
    protected abstract string Emptied(string answer);
}

public enum AwsFault
{
    Throttled,
    WrongCredentials,
    Expired,
    Denied,
    Refused,
}
