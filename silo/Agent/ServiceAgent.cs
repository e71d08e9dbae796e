using ControlPlane.Model;
using ControlPlane.Silo.Rest;

namespace ControlPlane.Silo.Agent;

/// <summary>Checks one service of this machine, registers it and renews its lease, until it is told to stop; then drains it and takes it back.</summary>
/// <param name="drain">How long it drains before it is taken back.</param>
internal sealed partial class ServiceAgent(AgentService service, RegistrationClient client, TimeSpan drain, TimeProvider time, ILogger<ServiceAgent> logger)
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private Health health = service.Check is null ? Health.Healthy : Health.Unhealthy;
    private int row;
    private bool isRegistered;

    public async Task RunAsync(CancellationToken stoppingToken)
    {
        TimeSpan renewal = TimeSpan.FromSeconds((service.Registration.LeaseSeconds ?? RegistrationBody.DefaultLeaseSeconds) / 3.0);
        long? renewed = null;
        int failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            Health before = health;
            await CheckAsync(stoppingToken);
            if (!isRegistered || health != before || renewed is not { } last || time.GetElapsedTime(last) >= renewal)
            {
                bool isTaken = await TrySayAsync(stoppingToken);
                failures = isTaken ? 0 : failures + 1;
                renewed = isTaken ? time.GetTimestamp() : null;
            }
            // An outage is waited for longer and longer, but never longer than the lease would allow.
            TimeSpan wait = service.Check is null && failures == 0 ? renewal : service.Times.Interval;
            TimeSpan backOff = TimeSpan.FromMilliseconds(250) * Math.Pow(2, Math.Min(failures, 6));
            await Task.Delay(failures > 0 && backOff < wait ? backOff : wait, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await StopAsync();
    }

    private async Task CheckAsync(CancellationToken stoppingToken)
    {
        if (service.Check is null)
        {
            return;
        }
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        using ITimer timer = time.CreateTimer(_ => deadline.Cancel(), null, service.Times.Timeout, Timeout.InfiniteTimeSpan);
        string? wrong;
        try
        {
            wrong = await service.Check.RunAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            if (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            wrong = $"no answer within {service.Times.Timeout.TotalSeconds} s";
        }
        catch (Exception error)
        {
            wrong = error.Message;
        }
        Health seen = wrong is null ? Health.Healthy : Health.Unhealthy;
        row = seen == health ? 0 : row + 1;
        if (row >= (wrong is null ? service.Times.Successes : service.Times.Failures))
        {
            (health, row) = (seen, 0);
            LogChecked(logger, service.Id, health, wrong ?? "it serves");
        }
    }

    private async Task<bool> TrySayAsync(CancellationToken stoppingToken)
    {
        try
        {
            if (!isRegistered || !await client.RenewAsync(service.Id, health, stoppingToken))
            {
                await client.RegisterAsync(service.Id, service.Registration with { Health = health }, stoppingToken);
                isRegistered = true;
                LogRegistered(logger, service.Id, health);
            }
            return true;
        }
        catch (Exception error) when (error is HttpRequestException or IOException or TaskCanceledException)
        {
            if (!stoppingToken.IsCancellationRequested)
            {
                LogNotTaken(logger, service.Id, error.Message);
            }
            return false;
        }
    }

    private async Task StopAsync()
    {
        if (!isRegistered)
        {
            return;
        }
        using var deadline = new CancellationTokenSource(drain + StopTimeout, time);
        try
        {
            await client.DrainAsync(service.Id, deadline.Token);
            await Task.Delay(drain, time, deadline.Token);
            await client.DeregisterAsync(service.Id, deadline.Token);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            LogNotTaken(logger, service.Id, error.Message);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Id} is registered, {Health}")]
    private static partial void LogRegistered(ILogger logger, string id, Health health);

    [LoggerMessage(2, LogLevel.Information, "{Id} is {Health}: {Reason}")]
    private static partial void LogChecked(ILogger logger, string id, Health health, string reason);

    [LoggerMessage(3, LogLevel.Warning, "the control plane does not take {Id}, it is tried again: {Reason}")]
    private static partial void LogNotTaken(ILogger logger, string id, string reason);
}
