using ControlPlane.Grains.Registrations;
using ControlPlane.Model.Registrations;
using ControlPlane.Silo.Rest.Views;

namespace ControlPlane.Silo.Rest;

/// <summary><c>/registrations</c>: workloads that register themselves. An id may have slashes, <c>vm-17/cart</c>: then they are written <c>%2F</c>.</summary>
internal static class RegistrationsApi
{
    private static readonly ListEndpoint<RegistrationView> List = new(
        registration => registration.Id,
        new Filter<RegistrationView>("service", "Only registrations of this service.", (registration, service) => registration.Service == service),
        new Filter<RegistrationView>("cluster", "Only registrations in this cluster.", (registration, cluster) => registration.Cluster == cluster));

    public static void MapRegistrations(this RouteGroupBuilder api)
    {
        List.Describe(api.MapGet("/registrations", async (HttpRequest request, IGrainFactory grains) =>
            List.Answer(request, (await grains.GetGrain<IRegistrationsGrain>(IRegistrationsGrain.Key).ListAsync()).Select(RegistrationView.Of))))
            .WithSummary("The workloads that have registered themselves");
        api.MapGet("/registrations/{id}", async (string id, IGrainFactory grains) =>
            await Find(grains, id).GetAsync() is { } state ? new EntityResult<RegistrationView>(RegistrationView.Of(state)) : Unknown(id))
            .WithSummary("One registration").Produces<RegistrationView>().ProducesProblem(StatusCodes.Status404NotFound);

        RouteGroupBuilder changes = api.MapGroup("/registrations/{id}").AddEndpointFilter<RegistrationAccess>();
        changes.MapPut("", RegisterAsync)
            .WithSummary("Registers a workload, or replaces what it has registered, and renews its lease: stored when this answers")
            .Produces<RegistrationView>().Produces<RegistrationView>(StatusCodes.Status201Created).ProducesValidationProblem();
        changes.MapPost("/heartbeat", async (string id, HeartbeatBody? body, IGrainFactory grains) =>
            await Find(grains, id).RenewAsync(body?.Health) ? Results.NoContent() : Unknown(id))
            .WithSummary("Renews the lease, and says how the workload is").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
        changes.MapPost("/drain", async (string id, IGrainFactory grains) => await Find(grains, id).DrainAsync() ? Results.NoContent() : Unknown(id))
            .WithSummary("Keeps the workload's connections and gives it no new requests").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
        changes.MapDelete("", async (string id, IGrainFactory grains) => await Find(grains, id).DeregisterAsync() ? Results.NoContent() : Unknown(id))
            .WithSummary("Takes the registration back").Produces(StatusCodes.Status204NoContent).ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> RegisterAsync(string id, RegistrationBody body, IGrainFactory grains)
    {
        var errors = new Dictionary<string, string[]>();
        if (body.Read(Uri.UnescapeDataString(id), errors) is not { } registration)
        {
            return Results.ValidationProblem(errors, title: "The registration is not valid");
        }
        bool isNew = await Find(grains, id).RegisterAsync(registration);
        var view = RegistrationView.Of(new RegistrationState(registration, IsExpired: false));
        return isNew ? Results.Created($"{RestApi.Prefix}/registrations/{Uri.EscapeDataString(registration.Id)}", view) : Results.Ok(view);
    }

    private static IEndpointGrain Find(IGrainFactory grains, string id) => grains.GetGrain<IEndpointGrain>(Uri.UnescapeDataString(id));

    private static IResult Unknown(string id) => RestApi.NotFound($"a registration '{Uri.UnescapeDataString(id)}'");
}
