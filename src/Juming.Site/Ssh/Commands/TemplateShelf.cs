using System.Collections.Concurrent;
using System.Reflection;
using Juming.Site.Ssh.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Ssh.Commands;

/// <summary>The templates in use: those that come with the program, and the site's own in their newest version.</summary>
internal sealed class TemplateShelf(SshDb db)
{
    private const string Place = "commands/";
    private static readonly IReadOnlyDictionary<string, CommandTemplate> ShippedOnes = Load();

    // A document is read once; it never changes under its identity.
    private static readonly ConcurrentDictionary<Guid, CommandTemplate> Read = new();

    /// <summary>Those that come with the program, by name.</summary>
    public static IReadOnlyDictionary<string, CommandTemplate> Shipped => ShippedOnes;

    /// <summary>All in use.</summary>
    public async Task<IReadOnlyList<CommandTemplate>> All(CancellationToken ct)
    {
        var own = await db.Templates.AsNoTracking().Where(t => !t.Retired).ToListAsync(ct);
        return [.. ShippedOnes.Values.Concat(own.Select(Of)).OrderBy(t => t.Kind).ThenBy(t => t.Id, StringComparer.Ordinal)];
    }

    /// <summary>One in use; null when there is none of this name.</summary>
    public async Task<CommandTemplate?> Find(string name, CancellationToken ct)
    {
        if (ShippedOnes.TryGetValue(name, out var shipped)) return shipped;
        return await db.Templates.AsNoTracking().FirstOrDefaultAsync(t => t.Name == name && !t.Retired, ct) is { } row ? Of(row) : null;
    }

    private static CommandTemplate Of(TemplateRow row) => Read.GetOrAdd(row.Id, _ => TemplateReader.Read(row.Yaml).Template ?? throw new InvalidOperationException($"Template {row.Name} was kept and can't be read."));

    private static Dictionary<string, CommandTemplate> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var found = new Dictionary<string, CommandTemplate>();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Place, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var (template, faults) = TemplateReader.Read(reader.ReadToEnd());
            if (template is null) throw new InvalidOperationException($"{name}, line {faults[0].Line}: {faults[0].Reason}");
            found.Add(template.Id, template);
        }
        return found;
    }
}
