using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;

namespace ControlPlane.Embedded;

/// <summary>Runs grains inside one process: knows their classes, and makes one activation of each grain that is called.</summary>
public sealed class GrainRuntime : IGrainFactory
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<(Type, string), Activation> directory = new();
    private readonly Dictionary<Type, Type> implementations;
    private readonly IServiceProvider services;
    private volatile bool stopping;

    /// <param name="grainClasses">The grain classes, each with one grain interface of its own.</param>
    public GrainRuntime(IServiceProvider services, IEnumerable<Type> grainClasses, TimeProvider time, ILogger<GrainRuntime> logger)
    {
        this.services = services;
        Time = time;
        Logger = logger;
        implementations = grainClasses.SelectMany(grain => grain.GetInterfaces()
            .Where(contract => contract != typeof(IGrainWithStringKey) && typeof(IGrainWithStringKey).IsAssignableFrom(contract))
            .Select(contract => (contract, grain))).ToDictionary(pair => pair.contract, pair => pair.grain);
    }

    internal TimeProvider Time { get; }

    internal ILogger Logger { get; }

    /// <summary>The identities of all activations there are now.</summary>
    public IReadOnlyCollection<GrainId> Activations => [.. directory.Values.Select(activation => activation.Id)];

    public TGrainInterface GetGrain<TGrainInterface>(string primaryKey, string? grainClassNamePrefix = null)
        where TGrainInterface : IGrainWithStringKey =>
        implementations.TryGetValue(typeof(TGrainInterface), out Type? implementation)
            ? (TGrainInterface)GrainProxy.Make(typeof(TGrainInterface), this, implementation, primaryKey)
            : throw new ArgumentException($"no grain class implements {typeof(TGrainInterface).Name}");

    /// <summary>Loses an activation as a crash does: without notice to it, and with its memory.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Kill(GrainId grain)
    {
        Activation? activation = directory.Values.FirstOrDefault(activation => activation.Id == grain);
        activation?.Kill();
        return activation is not null;
    }

    internal bool IsStopping => stopping;

    /// <summary>Ends all activations in good order; calls that come meanwhile fail.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        stopping = true;
        Activation[] all = [.. directory.Values];
        foreach (Activation activation in all)
        {
            activation.DeactivateOnIdle(new DeactivationReason(DeactivationReasonCode.ShuttingDown, "the host stops"));
        }
        foreach (Activation activation in all)
        {
            await activation.Ended.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    internal static string TypeName(Type implementation) =>
        implementation.GetCustomAttribute<GrainTypeAttribute>()?.GrainType ?? implementation.Name;

    internal Task Call(Type implementation, string key, GrainMethod method, object?[] arguments)
    {
        GrainCall call = method.NewCall(arguments);
        Send(implementation, key, call);
        return call.Completion.IsCompleted ? call.Completion : method.WithTimeout(call.Completion, method.Timeout ?? DefaultTimeout, Time);
    }

    internal void Send(Type implementation, string key, GrainCall call)
    {
        while (true)
        {
            if (directory.TryGetValue((implementation, key), out Activation? activation))
            {
                if (activation.TryAccept(call))
                {
                    return;
                }
                if (!stopping)
                {
                    // It is ending: the call goes to the next one, once this one has left the directory.
                    _ = activation.Ended.ContinueWith(
                        _ => Send(implementation, key, call), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                    return;
                }
            }
            if (stopping)
            {
                call.Fail(new OperationCanceledException("the host of the grains stops"));
                return;
            }
            var made = new Activation(this, implementation, key);
            if (directory.TryAdd((implementation, key), made))
            {
                made.TryAccept(call);
                made.Start();
                return;
            }
        }
    }

    internal void Forget(Activation activation) =>
        directory.TryRemove(new KeyValuePair<(Type, string), Activation>((activation.Implementation, activation.Key), activation));

    internal (Grain Grain, IReadOnlyList<IStoredState> States) Construct(Activation activation)
    {
        ConstructorInfo constructor = activation.Implementation.GetConstructors().Single();
        var states = new List<IStoredState>();
        object?[] arguments = [.. constructor.GetParameters().Select(parameter =>
        {
            if (parameter.GetCustomAttribute<PersistentStateAttribute>() is not { } attribute)
            {
                return parameter.ParameterType == typeof(IGrainFactory) ? this : services.GetRequiredService(parameter.ParameterType);
            }
            Type type = typeof(StoredState<>).MakeGenericType(parameter.ParameterType.GetGenericArguments());
            object state = Activator.CreateInstance(type, services.GetRequiredService<IGrainStorage>(), attribute.StateName, activation.Id)!;
            states.Add((IStoredState)state);
            return state;
        })];
        return ((Grain)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, arguments, null), states);
    }
}
