using System.Text.Json;
using ControlPlane.Adapters.Configuration;
using ControlPlane.Model.Configuration;

namespace ControlPlane.Adapters.Sources;

/// <summary>A kind of registry whose settings become a record.</summary>
/// <typeparam name="TSettings">The settings.</typeparam>
public abstract class SourceType<TSettings> : ISourceType
    where TSettings : class
{
    // Objects are stored, sent to other regions and shown: a secret is only ever named by its file or variable.
    private static readonly string[] SecretFields = ["token", "password", "secret", "secretKey", "secretAccessKey", "clientSecret", "privateKey", "accessKey"];

    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public virtual TimeSpan? Refresh => null;

    /// <inheritdoc/>
    public virtual bool NamesClusters => false;

    /// <inheritdoc/>
    public void Check(FieldReader settings)
    {
        foreach (string field in SecretFields.Where(settings.Has))
        {
            settings.Refuse(field, $"secrets are not written into objects: write it to a file and name that with {field}File");
        }
        Read(settings);
        settings.RefuseOthers();
    }

    /// <inheritdoc/>
    public IDiscoveryAdapter Create(Source source, SourceContext context) => Create(SettingsOf(source), source, context);

    /// <summary>The settings of a source of this kind.</summary>
    /// <exception cref="InvalidDataException">The object was accepted by a version that has other settings.</exception>
    public TSettings SettingsOf(Source source)
    {
        using var document = JsonDocument.Parse(source.Settings);
        var problems = new ProblemList(new Origin(source.Origin, HasLines: false));
        TSettings settings = Read(new FieldReader((MappingNode)JsonNodes.Read(document.RootElement), 0, $"spec.{Name}", problems));
        return problems.Count == 0 ? settings : throw new InvalidDataException(problems.ToValueList()[0].ToString());
    }

    /// <summary>Reads the settings, strictly.</summary>
    protected abstract TSettings Read(FieldReader settings);

    /// <inheritdoc cref="ISourceType.Create"/>
    protected abstract IDiscoveryAdapter Create(TSettings settings, Source source, SourceContext context);

    /// <summary>How often the source is asked while it rests.</summary>
    protected TimeSpan RefreshOf(Source source) =>
        source.RefreshSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Refresh ?? throw new InvalidOperationException($"{Name} is not asked again and again");
}
