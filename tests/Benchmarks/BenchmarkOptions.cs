using System.Globalization;
using System.Text.Json;

namespace ControlPlane.Tests.Benchmarks;

/// <summary>What is measured.</summary>
internal sealed record BenchmarkOptions
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public IReadOnlyList<string> Names { get; init; } = [];

    public int Streams { get; init; } = 100;

    public IReadOnlyList<int> Services { get; init; } = [100, 1000];

    public int Rounds { get; init; } = 50;

    /// <summary>Changes a second, where they come all the time.</summary>
    public int Rate { get; init; } = 1000;

    /// <summary>How long they come.</summary>
    public int Seconds { get; init; } = 60;

    public string? JsonFile { get; init; }

    public bool Includes(string name) => Names.Count == 0 || Names.Contains(name);

    public static BenchmarkOptions Read(string[] arguments)
    {
        var options = new BenchmarkOptions();
        for (int i = 0; i < arguments.Length; i++)
        {
            options = arguments[i] switch
            {
                "--streams" => options with { Streams = Number(arguments[++i]) },
                "--services" => options with { Services = [.. arguments[++i].Split(',').Select(Number)] },
                "--rounds" => options with { Rounds = Number(arguments[++i]) },
                "--rate" => options with { Rate = Number(arguments[++i]) },
                "--seconds" => options with { Seconds = Number(arguments[++i]) },
                "--json" => options with { JsonFile = arguments[++i] },
                _ => options with { Names = [.. options.Names, arguments[i]] },
            };
        }
        return options;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
