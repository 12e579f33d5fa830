using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Juming.Platform.Access.Data;

namespace Juming.Platform.Access.Audit;

/// <summary>The hash of an entry: SHA-256 over the hash before it and the entry's canonical JSON.</summary>
internal static class AuditChain
{
    /// <summary>Hash before the first entry.</summary>
    public static readonly string Start = new('0', 64);

    public static string HashOf(string before, AuditRow row)
    {
        var json = new ArrayBufferWriter<byte>(512);
        json.Write(Convert.FromHexString(before));
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            writer.WriteNumber("seq", row.Seq);
            writer.WriteNumber("at", (row.At.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / 10);
            writer.WriteString("action", row.Action);
            writer.WriteString("actor_kind", row.ActorKind);
            writer.WriteString("actor_id", row.ActorId);
            writer.WriteString("actor_name", row.ActorName);
            writer.WriteString("address", row.Address);
            writer.WriteString("arguments", row.Arguments);
            writer.WriteString("outcome", row.Outcome);
            writer.WriteEndObject();
        }
        return Convert.ToHexStringLower(SHA256.HashData(json.WrittenSpan));
    }
}
