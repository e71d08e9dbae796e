using System.Collections.Concurrent;
using System.Reflection;
using Orleans;
using Orleans.Concurrency;

namespace ControlPlane.Embedded;

/// <summary>What is known of a method of a grain interface.</summary>
internal sealed class GrainMethod
{
    private static readonly ConcurrentDictionary<MethodInfo, GrainMethod> Known = new();
    private readonly Func<GrainMethod, object?[], GrainCall> newCall;
    private readonly Func<Task, TimeSpan, TimeProvider, Task> withTimeout;

    private GrainMethod(MethodInfo method)
    {
        Name = $"{method.DeclaringType!.Name}.{method.Name}";
        Invoker = MethodInvoker.Create(method);
        Interleaves = method.GetCustomAttribute<AlwaysInterleaveAttribute>() is not null;
        Timeout = (method.GetCustomAttribute<ResponseTimeoutAttribute>() ?? method.DeclaringType.GetCustomAttribute<ResponseTimeoutAttribute>())?.Timeout;
        if (method.ReturnType == typeof(Task))
        {
            newCall = static (method, arguments) => new VoidCall(method, arguments);
            withTimeout = static (task, timeout, time) => task.WaitAsync(timeout, time);
        }
        else if (method.ReturnType.IsGenericType && method.ReturnType.GetGenericTypeDefinition() == typeof(Task<>))
        {
            Type typed = typeof(Typed<>).MakeGenericType(method.ReturnType.GetGenericArguments());
            newCall = typed.GetMethod(nameof(Typed<>.NewCall))!.CreateDelegate<Func<GrainMethod, object?[], GrainCall>>();
            withTimeout = typed.GetMethod(nameof(Typed<>.WithTimeout))!.CreateDelegate<Func<Task, TimeSpan, TimeProvider, Task>>();
        }
        else
        {
            throw new NotSupportedException($"{Name} returns neither Task nor Task<T>");
        }
    }

    public string Name { get; }

    public MethodInvoker Invoker { get; }

    public bool Interleaves { get; }

    public TimeSpan? Timeout { get; }

    public static GrainMethod Of(MethodInfo method) => Known.GetOrAdd(method, static method => new GrainMethod(method));

    public GrainCall NewCall(object?[] arguments) => newCall(this, arguments);

    /// <summary>The task, ended by a <see cref="TimeoutException"/> when the time is over.</summary>
    public Task WithTimeout(Task task, TimeSpan timeout, TimeProvider time) => withTimeout(task, timeout, time);

    private static class Typed<T>
    {
        public static ResultCall<T> NewCall(GrainMethod method, object?[] arguments) => new(method, arguments);

        public static Task<T> WithTimeout(Task task, TimeSpan timeout, TimeProvider time) => ((Task<T>)task).WaitAsync(timeout, time);
    }
}
