using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Serialization.Metadata;
using ControlPlane.Adapters.CloudFoundry.Access;
using ControlPlane.Adapters.CloudFoundry.Controller.Objects;

namespace ControlPlane.Adapters.CloudFoundry.Controller;

/// <summary>Reads from the Cloud Controller: logs in, tries again what may pass, waits when it is asked to. See https://v3-apidocs.cloudfoundry.org.</summary>
internal sealed class ControllerClient : IDisposable
{
    private readonly ControllerAccess access;
    private readonly CloudFoundryTimes times;
    private readonly TimeProvider time;
    private readonly ControllerTransport transport;
    private readonly UaaLogin login;
    private readonly RateGate gate;

    public ControllerClient(ControllerAccess access, CloudFoundryTimes times, TimeProvider time, IApiCallObserver calls)
        : this(access, times, time, new ControllerTransport(access, times, time, calls))
    {
    }

    /// <param name="transport">Disposed of with this.</param>
    public ControllerClient(ControllerAccess access, CloudFoundryTimes times, TimeProvider time, ControllerTransport transport)
    {
        this.access = access;
        this.times = times;
        this.time = time;
        this.transport = transport;
        login = new UaaLogin(access, transport, times, time);
        gate = new RateGate(time);
    }

    /// <summary>Whom it asks, for people.</summary>
    public string Who => $"the Cloud Controller at {access.Address.Authority}";

    /// <param name="operation">Its name in the API's reference.</param>
    /// <param name="path">With the query, without a slash before it.</param>
    /// <exception cref="CloudFoundryException">There is no answer, or none that can be trusted.</exception>
    public async Task<T> GetAsync<T>(string operation, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            await PassAsync(operation, cancellationToken);
            try
            {
                return await AskAsync(operation, path, type, cancellationToken);
            }
            catch (CloudFoundryException failure) when (failure.IsTransient)
            {
                if (failure.RetryAfter is { } asked || failure.Status == HttpStatusCode.TooManyRequests)
                {
                    gate.Close(failure.RetryAfter ?? BackOff(attempt));
                }
                if (attempt >= times.Tries || gate.Remaining > times.Patience)
                {
                    throw;
                }
                await Task.Delay(BackOff(attempt), time, cancellationToken);
            }
        }
    }

    public void Dispose()
    {
        login.Dispose();
        transport.Dispose();
    }

    private async Task<T> AskAsync<T>(string operation, string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        string token = await login.TokenAsync(refused: null, cancellationToken);
        try
        {
            return await SendAsync(operation, path, token, type, cancellationToken);
        }
        catch (CloudFoundryException failure) when (failure.Status == HttpStatusCode.Unauthorized)
        {
            // It may have been withdrawn, or its time is another than was said.
            token = await login.TokenAsync(refused: token, cancellationToken);
            return await SendAsync(operation, path, token, type, cancellationToken);
        }
    }

    private async Task<T> SendAsync<T>(string operation, string path, string token, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, new Uri($"{UaaLogin.Join(access.Address, "")}{path}"));
        message.Headers.Accept.ParseAdd("application/json");
        message.Headers.UserAgent.Add(new ProductInfoHeaderValue("controlplane", null));
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await transport.SendAsync(Who, operation, message, type, cancellationToken);
    }

    private async Task PassAsync(string operation, CancellationToken cancellationToken)
    {
        while (gate.Remaining is var rest && rest > TimeSpan.Zero)
        {
            if (rest > times.Patience)
            {
                throw new CloudFoundryException($"{Who} allows no requests for another {Math.Ceiling(rest.TotalSeconds)} s, as it answered 429: {operation} was not sent")
                {
                    Status = HttpStatusCode.TooManyRequests,
                };
            }
            await Task.Delay(rest, time, cancellationToken);
        }
    }

    private TimeSpan BackOff(int attempt)
    {
        double most = Math.Min(times.BackOff.TotalMilliseconds * Math.Pow(2, attempt - 1), times.Patience.TotalMilliseconds);
        return TimeSpan.FromMilliseconds((most / 2) + RandomNumberGenerator.GetInt32((int)(most / 2) + 1));
    }
}
