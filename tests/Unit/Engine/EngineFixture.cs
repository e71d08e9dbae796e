namespace ControlPlane.Tests.Unit.Engine;

/// <summary>One engine for all tests of a class.</summary>
public sealed class EngineFixture : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();

    internal TestEngine Engine { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Engine = await TestEngine.StartAsync(folder.Path);

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        folder.Dispose();
    }
}
