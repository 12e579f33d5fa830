using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Juming.Site.Events;

namespace Juming.Site.Collection.Formats;

/// <summary>Writes normalised events as flat JSON: <c>{"line":1,"@timestamp":"…Z","source.ip":"…"}</c>; a field with several values becomes an array of text.</summary>
internal static class NormalizedJson
{
    private static readonly UTF8Encoding Replacing = new(false, false);

    /// <summary>Text stays readable: only what JSON itself demands is escaped.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes one event as one object and a line feed.</summary>
    public static void Write(EventBatch batch, int index, IBufferWriter<byte> output)
    {
        using (var json = new Utf8JsonWriter(output, Options))
            Write(batch, index, json);
        output.Write("\n"u8);
    }

    /// <summary>Writes one event as one object.</summary>
    public static void Write(EventBatch batch, int index, Utf8JsonWriter json)
    {
        var header = batch.Events[index];
        json.WriteStartObject();
        json.WriteNumber("line"u8, header.Line);
        WriteTime(json, "@timestamp", header.Time);
        WriteTime(json, "event.ingested", header.Received);
        var fields = batch.FieldsOf(index);
        for (var i = 0; i < fields.Length; i++)
        {
            var id = fields[i].Id;
            if (id == Field.EventOriginal || Seen(fields[..i], id)) continue;
            json.WritePropertyName(FieldNames.Name(id));
            if (!Seen(fields[(i + 1)..], id)) WriteText(json, batch.Value(fields[i]));
            else
            {
                json.WriteStartArray();
                for (var j = i; j < fields.Length; j++)
                    if (fields[j].Id == id) WriteText(json, batch.Value(fields[j]));
                json.WriteEndArray();
            }
        }
        if (header.Flags != EventFlags.None) WriteFlags(json, header.Flags);
        json.WritePropertyName("event.original"u8);
        WriteText(json, batch.Raw(index));
        json.WriteEndObject();
    }

    private static bool Seen(ReadOnlySpan<FieldValue> fields, ushort id)
    {
        foreach (ref readonly var field in fields)
            if (field.Id == id) return true;
        return false;
    }

    private static void WriteTime(Utf8JsonWriter json, string name, long micros)
    {
        // 0001-01-01 and 9999-12-31 in microseconds from 1970: a time outside has no ISO form.
        if (micros is < -62_135_596_800_000_000 or > 253_402_300_799_999_999)
        {
            json.WriteNumber(name, micros);
            return;
        }
        Span<char> text = stackalloc char[32];
        DateTime.UnixEpoch.AddTicks(micros * 10).TryFormat(text, out var n, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
        json.WriteString(name, text[..n]);
    }

    // A value cut inside a character is not valid UTF-8, which the writer refuses.
    private static void WriteText(Utf8JsonWriter json, ReadOnlySpan<byte> value)
    {
        if (System.Text.Unicode.Utf8.IsValid(value)) json.WriteStringValue(value);
        else json.WriteStringValue(Replacing.GetString(value));
    }

    private static void WriteFlags(Utf8JsonWriter json, EventFlags flags)
    {
        json.WriteStartArray("tags"u8);
        if ((flags & EventFlags.Unparsed) != 0) json.WriteStringValue("unparsed"u8);
        if ((flags & EventFlags.Truncated) != 0) json.WriteStringValue("truncated"u8);
        if ((flags & EventFlags.TimeSuspect) != 0) json.WriteStringValue("time_suspect"u8);
        if ((flags & EventFlags.Gb18030) != 0) json.WriteStringValue("gb18030"u8);
        if ((flags & EventFlags.LossyText) != 0) json.WriteStringValue("lossy_text"u8);
        if ((flags & EventFlags.FieldsLeftOut) != 0) json.WriteStringValue("fields_left_out"u8);
        if ((flags & EventFlags.TimeAssumed) != 0) json.WriteStringValue("time_assumed"u8);
        json.WriteEndArray();
    }
}
