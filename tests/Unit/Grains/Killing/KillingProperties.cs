using ControlPlane.Tests.Unit.Architecture;
using FsCheck.Fluent;

namespace ControlPlane.Tests.Unit.Grains.Killing;

/// <summary>Killing any activation at any time changes nothing of what clients have in the end.</summary>
[Trait("Engine", "each")]
public sealed class KillingProperties
{
    private const int Sequences = 12;
    private const int StepsOfEach = 20;

    [Fact]
    public async Task Catalog_AfterAnySequenceOfChangesAndKills_IsWhatTheSourcesSay()
    {
        using var folder = new TemporaryFolder();
        await using Region region = await Region.StartAsync(folder.Path);
        IReadOnlyList<Step[]> sequences = [.. Step.Any.ArrayOf(StepsOfEach).Sample(Sequences)];

        await Task.WhenAll(sequences.Select(async (steps, index) =>
        {
            try
            {
                await new Sequence(region, $"s{index}").RunAsync(steps);
            }
            catch (TimeoutException difference)
            {
                throw new TimeoutException($"{difference.Message} after {string.Join(", ", steps.AsEnumerable())}", difference);
            }
        }));
    }

    /// <remarks>Those of registrations are killed in <see cref="RegistrationProperties"/>.</remarks>
    [Fact]
    public void Steps_KillEveryTypeOfGrain()
    {
        string[] types = [.. GrainTypes.Classes.Select(grain => (string)grain.CustomAttributes
            .Single(attribute => attribute.AttributeType == typeof(GrainTypeAttribute)).ConstructorArguments[0].Value!).Order(StringComparer.Ordinal)];

        types.ShouldBe(["catalog", "cluster", "config", "endpoint", "loopback", "reach", "registrations", "service", "source", "sources"], customMessage: "a new grain belongs into the steps");
    }
}
