using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Juming.Platform.Events;
using Juming.Platform.Modules;
using NUnit.Framework;

namespace Juming.Architecture.Tests;

/// <summary>
/// An event may wait in the outbox while the release changes, so that each released version of each event lies here as it was stored, with what it meant.
/// Today's reader must still understand all of them. These files are written once, by hand: a released version never changes, it gets a successor.
/// </summary>
[Category("X1")]
[SetCulture("")]
public sealed class EventGoldenTests
{
    [Test]
    public void Every_released_event_is_read_as_it_was_meant()
    {
        var types = Tiers.All.SelectMany(t => PlatformServices.TypesOf(t.Modules)).Where(t => typeof(IModuleEvent).IsAssignableFrom(t) && !t.IsInterface).Distinct().ToList();
        TestContext.Out.WriteLine($"{types.Count} events, {Files().Count} golden files");
        Assert.That(Problems(types, Files()), Is.Empty);
    }

    [Test]
    public void An_event_without_a_golden_file_a_renamed_property_a_renumbered_value_and_a_forgotten_version_are_found()
    {
        var stored = new Dictionary<string, string>
        {
            ["planted.renamed.v1"] = """{ "event": { "incident": 7 }, "reads": "Renamed { Incident = 7 }" }""",
            ["planted.renumbered.v1"] = """{ "event": { "day": 1 }, "reads": "Renumbered { Day = Tuesday }" }""",
            ["planted.gone.v1"] = """{ "event": { }, "reads": "Gone { }" }""",
        };
        Assert.That(Problems([typeof(Fresh), typeof(Renamed), typeof(Renumbered)], stored).Select(p => p.Split(':')[0]),
            Is.EquivalentTo(new[] { "planted.fresh.v1 has no golden file", "planted.renamed.v1 loses something", "planted.renamed.v1 means something else", "planted.renumbered.v1 means something else", "planted.gone.v1 has no reader" }));
    }

    private static List<string> Problems(IReadOnlyCollection<Type> types, Dictionary<string, string> golden)
    {
        var byName = types.ToDictionary(t => t.GetCustomAttribute<EventNameAttribute>() is { } name ? $"{name.Name}.v{name.Version}" : t.Name);
        var problems = byName.Keys.Where(n => !golden.ContainsKey(n)).Select(n => $"{n} has no golden file: write tests/Juming.Architecture.Tests/Snapshots/events/{n}.json").ToList();
        foreach (var (name, text) in golden)
        {
            if (!byName.TryGetValue(name, out var type))
            {
                problems.Add($"{name} has no reader: rows of it may still wait in an outbox");
                continue;
            }
            var file = JsonNode.Parse(text)!;
            var read = JsonSerializer.Deserialize(file["event"]!.ToJsonString(), type, JsonSerializerOptions.Web)!;
            var again = JsonSerializer.SerializeToNode(read, type, JsonSerializerOptions.Web)!;
            if (!JsonNode.DeepEquals(again, file["event"])) problems.Add($"{name} loses something: {again.ToJsonString()}");
            if (Meaning(read) != (string?)file["reads"]) problems.Add($"{name} means something else: {Meaning(read)}");
        }
        return problems;
    }

    /// <summary>The event with the names of its values: numbers of an enum alone would survive a reordering that changes what they mean.</summary>
    private static string Meaning(object read) => $"{read.GetType().Name} {{ {string.Join(", ", read.GetType().GetProperties().Select(p => $"{p.Name} = {Text(p.GetValue(read))}"))} }}";

    private static string Text(object? value) => value switch
    {
        null => "null",
        DateTimeOffset at => at.ToString("O"),
        string text => text,
        IEnumerable items => string.Join(' ', items.Cast<object>()),
        _ => value.ToString()!,
    };

    private static Dictionary<string, string> Files()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Juming.sln"))) folder = folder.Parent;
        return Directory.GetFiles(Path.Combine(folder!.FullName, "tests", "Juming.Architecture.Tests", "Snapshots", "events"), "*.json").ToDictionary(f => Path.GetFileNameWithoutExtension(f), File.ReadAllText);
    }

    [EventName("planted.fresh", 1)]
    private sealed record Fresh(int Incident) : IModuleEvent;

    [EventName("planted.renamed", 1)]
    private sealed record Renamed(int Case) : IModuleEvent;

    [EventName("planted.renumbered", 1)]
    private sealed record Renumbered(DayOfWeek Day) : IModuleEvent;
}
