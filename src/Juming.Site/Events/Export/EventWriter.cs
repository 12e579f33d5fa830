using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Juming.Platform.Web;

namespace Juming.Site.Events.Export;

/// <summary>Writes events to a file, one to a line.</summary>
internal abstract class EventWriter(Stream stream) : IAsyncDisposable
{
    // CSV columns are fixed so that two files can be laid side by side; what has no column stands in the last one.
    private static readonly string[] Columns =
    [
        "event.dataset", "event.action", "event.outcome", "event.severity", "source.ip", "source.port", "destination.ip", "destination.port", "network.transport", "host.name", "user.name",
        "process.name", "process.command_line", "url.original", "file.path", "message",
    ];

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    protected StreamWriter Text { get; } = new(stream, new UTF8Encoding(false), 64 * 1024, leaveOpen: true) { NewLine = "\r\n" };

    public static EventWriter Of(Stream stream, bool csv) => csv ? new Csv(stream) : new Ndjson(stream);

    public abstract Task Write(EventView found, string source, CancellationToken ct);

    public async ValueTask DisposeAsync() => await Text.DisposeAsync();

    private static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static void AddFields(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, string>> fields)
    {
        foreach (var (name, value) in fields)
            if (value.Contains('\n', StringComparison.Ordinal))
            {
                json.WriteStartArray(name);
                foreach (var one in value.Split('\n')) json.WriteStringValue(one);
                json.WriteEndArray();
            }
            else
            {
                json.WriteString(name, value);
            }
    }

    private sealed class Ndjson : EventWriter
    {
        public Ndjson(Stream stream) : base(stream) => Text.NewLine = "\n";

        public override async Task Write(EventView found, string source, CancellationToken ct)
        {
            var buffer = new System.Buffers.ArrayBufferWriter<byte>(1024);
            using (var json = new Utf8JsonWriter(buffer, Json))
            {
                json.WriteStartObject();
                json.WriteString("event.id", found.Id.ToString());
                json.WriteString("@timestamp", Instant(found.Time));
                json.WriteString("event.received", Instant(found.Received));
                json.WriteString("juming.source", source);
                json.WriteString("event.original", found.Raw);
                AddFields(json, found.Fields.Where(f => f.Key is not ("event.id" or "@timestamp" or "event.received" or "juming.source" or "event.original")));
                json.WriteEndObject();
            }
            await Text.WriteLineAsync(Encoding.UTF8.GetString(buffer.WrittenSpan).AsMemory(), ct);
        }
    }

    private sealed class Csv : EventWriter
    {
        private readonly StringBuilder _line = new(4096);

        public Csv(Stream stream) : base(stream)
        {
            // Spreadsheets take a file without a byte order mark for the machine's old code page.
            Text.Write('\uFEFF');
            foreach (var head in (string[])["@timestamp", "event.received", "juming.source", "event.id", .. Columns, "event.original", "more"]) _line.AppendCell(head);
            Text.WriteLine(_line);
        }

        public override async Task Write(EventView found, string source, CancellationToken ct)
        {
            _line.Clear().AppendCell(Instant(found.Time)).AppendCell(Instant(found.Received)).AppendCell(source).AppendCell(found.Id.ToString());
            foreach (var column in Columns) _line.AppendCell(found.Fields.GetValueOrDefault(column));
            _line.AppendCell(found.Raw).AppendCell(Rest(found));
            await Text.WriteLineAsync(_line, ct);
        }

        private static string Rest(EventView found)
        {
            var buffer = new System.Buffers.ArrayBufferWriter<byte>(512);
            using (var json = new Utf8JsonWriter(buffer, Json))
            {
                json.WriteStartObject();
                AddFields(json, found.Fields.Where(f => !Columns.Contains(f.Key)));
                json.WriteEndObject();
            }
            return Encoding.UTF8.GetString(buffer.WrittenSpan);
        }
    }
}
