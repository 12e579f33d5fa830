using System.Text;
using System.Text.Json;
using Juming.Site.Events;

namespace Juming.Site.Tests.Detection;

/// <summary>Turns JSON of Windows events and flat maps of fields into events, for tests of the matcher alone.</summary>
internal static class WindowsJson
{
    public static void Add(EventBatch batch, string json, int line = 0)
    {
        using var document = JsonDocument.Parse(json);
        batch.Begin(Encoding.UTF8.GetBytes(json), 1_000_000, 0, line);
        var root = document.RootElement;
        if (root.TryGetProperty("Event", out var e)) AddDump(batch, e);
        else
            foreach (var p in root.EnumerateObject())
                Put(batch, p.Name switch
                {
                    "EventID" => "event.code",
                    "Channel" => "winlog.channel",
                    "SourceName" => "winlog.provider_name",
                    "Hostname" => "winlog.computer_name",
                    "Message" => "message",
                    var name => "winlog.event_data." + name,
                }, p.Value);
    }

    public static void AddFields(EventBatch batch, long time, params (string Name, string Value)[] fields)
    {
        batch.Begin(Encoding.UTF8.GetBytes(string.Join(' ', fields.Select(f => f.Name + "=" + f.Value))), time);
        batch.Current.Id = Guid.CreateVersion7();
        foreach (var (name, value) in fields) batch.Add(FieldNames.Intern(name), value);
    }

    private static void AddDump(EventBatch batch, JsonElement e)
    {
        var system = e.GetProperty("System");
        Put(batch, "event.code", system.GetProperty("EventID"));
        Put(batch, "winlog.channel", system.GetProperty("Channel"));
        Put(batch, "winlog.computer_name", system.GetProperty("Computer"));
        Put(batch, "winlog.provider_name", system.GetProperty("Provider").GetProperty("#attributes").GetProperty("Name"));
        foreach (var part in new[] { "EventData", "UserData" })
            if (e.TryGetProperty(part, out var data) && data.ValueKind == JsonValueKind.Object) Flatten(batch, data);
    }

    private static void Flatten(EventBatch batch, JsonElement data)
    {
        foreach (var p in data.EnumerateObject())
            if (p.Name == "#attributes") continue;
            else if (p.Value.ValueKind == JsonValueKind.Object && !p.Value.TryGetProperty("#text", out _)) Flatten(batch, p.Value);
            else Put(batch, "winlog.event_data." + p.Name, p.Value);
    }

    private static void Put(EventBatch batch, string name, JsonElement value)
    {
        var id = FieldNames.Intern(name);
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray()) Put(batch, name, item);
                break;
            case JsonValueKind.Object:
                if (value.TryGetProperty("#text", out var text)) Put(batch, name, text);
                break;
            case JsonValueKind.String: batch.Add(id, value.GetString()); break;
            case JsonValueKind.Null: break;
            default: batch.Add(id, value.GetRawText()); break;
        }
    }
}
