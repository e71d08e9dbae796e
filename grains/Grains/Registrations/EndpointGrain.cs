using ControlPlane.Grains.Storage;
using ControlPlane.Model;
using ControlPlane.Model.Registrations;
using Orleans.Runtime;
using Orleans.Storage;

namespace ControlPlane.Grains.Registrations;

/// <inheritdoc cref="IEndpointGrain"/>
/// <remarks>
/// A lease is counted by the monotonic clock of the activation: one that begins anew gives every registration its whole time again, so that an outage
/// of the control plane expires nobody.
/// </remarks>
[GrainType("endpoint")]
public sealed class EndpointGrain(IStateStore store, IGrainFactory grains, TimeProvider time) : Grain, IEndpointGrain
{
    // Expired ones count as unhealthy for a while, so that a service does not look smaller than it is.
    private const int ForgottenAfter = 10;
    private static readonly TimeSpan CheckPeriod = TimeSpan.FromSeconds(1);

    private IGrainTimer? timer;
    private RegistrationState? state;
    private string? etag;
    private long renewed;

    private string Name => this.GetPrimaryKeyString();

    private StateKey Key => new(RegistrationRows.Type, RegistrationRows.Key, Name);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        StoredRow? row = await store.ReadAsync(Key, cancellationToken);
        etag = row?.ETag;
        if (row is not null)
        {
            state = new RegistrationState(StateJson.Read<Registration>(row), IsExpired: false);
            Start();
        }
    }

    public async Task<bool> RegisterAsync(Registration registration)
    {
        bool isNew = state is null;
        await ChangeAsync(registration with { IsDraining = registration.IsDraining || state?.Registration.IsDraining == true });
        return isNew;
    }

    public async Task<bool> RenewAsync(Health? health)
    {
        if (state is null)
        {
            return false;
        }
        await ChangeAsync(state.Registration with { Health = health ?? state.Registration.Health });
        return true;
    }

    public async Task<bool> DrainAsync()
    {
        if (state is null)
        {
            return false;
        }
        await ChangeAsync(state.Registration with { IsDraining = true });
        return true;
    }

    public async Task<bool> DeregisterAsync()
    {
        if (state is null)
        {
            return false;
        }
        await StoreAsync(null);
        state = null;
        timer?.Dispose();
        await TellAsync();
        DeactivateOnIdle();
        return true;
    }

    public Task<RegistrationState?> GetAsync() => Task.FromResult(state);

    private async Task ChangeAsync(Registration registration)
    {
        Start();
        var next = new RegistrationState(registration, IsExpired: false);
        if (next == state)
        {
            return;
        }
        if (registration != state?.Registration)
        {
            await StoreAsync(registration);
        }
        state = next;
        await TellAsync();
    }

    private async Task StoreAsync(Registration? registration)
    {
        try
        {
            if (registration is null)
            {
                await store.DeleteAsync(Key, etag, CancellationToken.None);
                etag = null;
            }
            else
            {
                etag = await store.WriteAsync(Key, StateJson.Schema, StateJson.Write(registration), etag, CancellationToken.None);
            }
        }
        catch (StateConflictException conflict)
        {
            // Another activation has written: this one knows nothing any more, and both engines end it.
            throw new InconsistentStateException(conflict.Message, conflict);
        }
    }

    private Task TellAsync() => grains.GetGrain<IRegistrationsGrain>(IRegistrationsGrain.Key).ReportAsync(Name, state);

    private void Start()
    {
        renewed = time.GetTimestamp();
        timer ??= this.RegisterGrainTimer(_ => CheckAsync(), new GrainTimerCreationOptions(CheckPeriod, CheckPeriod) { KeepAlive = true });
    }

    private async Task CheckAsync()
    {
        if (state is null)
        {
            return;
        }
        TimeSpan lease = TimeSpan.FromSeconds(state.Registration.LeaseSeconds);
        TimeSpan age = time.GetElapsedTime(renewed);
        if (age > lease * ForgottenAfter)
        {
            await DeregisterAsync();
        }
        else if (age > lease && !state.IsExpired)
        {
            state = state with { IsExpired = true };
            await TellAsync();
        }
    }
}

/// <summary>Where registrations are stored: one row each, so that all of them can be read together.</summary>
internal static class RegistrationRows
{
    public const string Type = "registration";
    public const string Key = "all";
}
