using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Juming.Site.Events;

namespace Juming.Site.Detection.Alerts;

/// <summary>Fields that hold the parties of an event; 0 where a party is not known.</summary>
internal readonly record struct PartyFields(ushort Attacker, ushort Victim, ushort Host, ushort Account)
{
    /// <summary>As it is stored: "attacker=jm.attacker.ip host=host.name".</summary>
    public string Text => string.Join(' ', new[] { ("attacker", Attacker), ("victim", Victim), ("host", Host), ("account", Account) }.Where(p => p.Item2 != 0).Select(p => $"{p.Item1}={FieldNames.Name(p.Item2)}"));

    /// <summary>Reads it back: party to field.</summary>
    public static IReadOnlyDictionary<string, string> Read(string? text) =>
        (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split('=', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1], StringComparer.Ordinal);
}

/// <summary>Who does what to whom in one event, as slices of its batch.</summary>
internal readonly ref struct Parties
{
    private const int MostPart = 256;
    private const int MostKey = 12 * (MostPart + 1);

    private readonly ReadOnlySpan<byte> _ruleId;
    private readonly ReadOnlySpan<byte> _ruleName;

    private Parties(Party attacker, Party victim, Party host, Party account, ReadOnlySpan<byte> ruleId, ReadOnlySpan<byte> ruleName)
    {
        Attacker = attacker.Value;
        Victim = victim.Value;
        Host = host.Value;
        Account = account.Value;
        Fields = new PartyFields(attacker.Field, victim.Field, host.Field, account.Field);
        _ruleId = ruleId;
        _ruleName = ruleName;
    }

    /// <summary>A party with the field that it was read from.</summary>
    private readonly ref struct Party(ushort field, ReadOnlySpan<byte> value)
    {
        public readonly ushort Field = field;
        public readonly ReadOnlySpan<byte> Value = value;

        public bool IsEmpty => Value.IsEmpty;
    }

    /// <summary>Who attacks; empty when not known.</summary>
    public ReadOnlySpan<byte> Attacker { get; }

    /// <summary>Who is attacked; empty when not known.</summary>
    public ReadOnlySpan<byte> Victim { get; }

    /// <summary>Host name; empty when not known.</summary>
    public ReadOnlySpan<byte> Host { get; }

    /// <summary>Account; empty when not known.</summary>
    public ReadOnlySpan<byte> Account { get; }

    /// <summary>Fields that the parties were read from.</summary>
    public PartyFields Fields { get; }

    /// <summary>What the device calls the attack; empty when it does not say.</summary>
    public ReadOnlySpan<byte> Subject => _ruleName.IsEmpty ? _ruleId : _ruleName;

    /// <summary>Reads the parties: what the rule names, else what the parser found, else source and destination in the sense of the traffic.</summary>
    public static Parties Of(EventBatch batch, int index, AlertRule rule)
    {
        Party jmAttacker = default, jmVictim = default, source = default, destination = default, host = default, otherHost = default, user = default, target = default;
        ReadOnlySpan<byte> direction = default, ruleId = default, ruleName = default;
        foreach (ref readonly var field in batch.FieldsOf(index))
        {
            var id = field.Id;
            if (id == Field.SourceIp) First(ref source, id, batch.Value(field));
            else if (id == Field.DestinationIp) First(ref destination, id, batch.Value(field));
            else if (id == Field.JmAttackerIp) First(ref jmAttacker, id, batch.Value(field));
            else if (id == Field.JmVictimIp) First(ref jmVictim, id, batch.Value(field));
            else if (id == Field.HostName) First(ref host, id, batch.Value(field));
            else if (id == Field.WinlogComputerName || id == Field.HostHostname || id == Field.LogSyslogHostname) First(ref otherHost, id, batch.Value(field));
            else if (id == Field.UserName) First(ref user, id, batch.Value(field));
            else if (id == Field.UserTargetName) First(ref target, id, batch.Value(field));
            else if (id == Field.NetworkDirection || id == Field.JmDirection) First(ref direction, batch.Value(field));
            else if (id == Field.RuleName) First(ref ruleName, batch.Value(field));
            else if (id == Field.RuleId) First(ref ruleId, batch.Value(field));
        }
        var attacker = Named(batch, index, rule.Entities.Attacker);
        var victim = Named(batch, index, rule.Entities.Victim);
        if (attacker.IsEmpty) attacker = jmAttacker;
        if (victim.IsEmpty) victim = jmVictim;
        // A connection that leaves the site and is worth an alert has its victim inside: the machine that calls out.
        var outbound = IsOutbound(direction) && rule.Tactics.Contains("TA0011", StringComparison.Ordinal);
        if (attacker.IsEmpty && rule.Entities.Attacker.Length == 0) attacker = Unless(outbound ? destination : source, victim);
        if (victim.IsEmpty && rule.Entities.Victim.Length == 0) victim = Unless(outbound ? source : destination, attacker);
        var named = Named(batch, index, rule.Entities.Host);
        var account = Named(batch, index, rule.Entities.Account);
        return new Parties(attacker, victim, named.IsEmpty ? host.IsEmpty ? otherHost : host : named, account.IsEmpty ? target.IsEmpty ? user : target : account, ruleId, ruleName);
    }

    /// <summary>Hash of what equal matches share: rule, the device's own name of the attack, both parties, port and path; where no party is known, host and account.</summary>
    public Guid FoldKey(EventBatch batch, int index, AlertRule rule)
    {
        Span<byte> text = stackalloc byte[MostKey];
        var length = 0;
        Put(text, ref length, rule.IdBytes);
        Put(text, ref length, _ruleId.Trim((byte)' '));
        Put(text, ref length, _ruleName.Trim((byte)' '));
        Put(text, ref length, Attacker);
        Put(text, ref length, Victim);
        if (Attacker.IsEmpty && Victim.IsEmpty) Put(text, ref length, Account);
        if (Attacker.IsEmpty || Victim.IsEmpty) Put(text, ref length, Host);
        Put(text, ref length, batch.TryGet(index, Field.DestinationPort, out var port) ? port : default);
        if (batch.TryGet(index, Field.UrlPath, out var path) || batch.TryGet(index, Field.UrlOriginal, out path)) PutTemplate(text, ref length, path);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(text[..length], hash);
        return new Guid(hash[..16]);
    }

    /// <summary>Identity of the alert that an event opens: the same for the same rule, key and event, whenever and however often it is made.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="key">What equal matches share.</param>
    /// <param name="first">The event that opens the alert.</param>
    /// <param name="received">Its receipt in microseconds since 1970 UTC; orders identities by time.</param>
    public static Guid AlertId(AlertRule rule, Guid key, Guid first, long received)
    {
        Span<byte> text = stackalloc byte[MostPart + 40];
        var length = 0;
        Put(text, ref length, rule.IdBytes);
        key.TryWriteBytes(text[length..]);
        first.TryWriteBytes(text[(length + 16)..]);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(text[..(length + 32)], hash);
        var id = hash[..16];
        Span<byte> time = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(time, received / 1000);
        time[2..].CopyTo(id);
        id[6] = (byte)((id[6] & 0x0F) | 0x70);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }

    private static void First(ref ReadOnlySpan<byte> place, ReadOnlySpan<byte> value)
    {
        if (place.IsEmpty) place = value;
    }

    private static void First(ref Party place, ushort field, ReadOnlySpan<byte> value)
    {
        if (place.IsEmpty) place = new Party(field, value);
    }

    private static Party Unless(Party value, Party other) => value.Value.SequenceEqual(other.Value) ? default : value;

    private static Party Named(EventBatch batch, int index, ushort[] fields)
    {
        foreach (var field in fields)
            if (batch.TryGet(index, field, out var value)) return new Party(field, value);
        return default;
    }

    private static bool IsOutbound(ReadOnlySpan<byte> direction) =>
        Ascii.EqualsIgnoreCase(direction, "outbound"u8) || Ascii.EqualsIgnoreCase(direction, "egress"u8);

    private static void Put(Span<byte> text, ref int length, ReadOnlySpan<byte> part)
    {
        if (part.Length > MostPart) part = part[..MostPart];
        Ascii.ToLower(part, text[length..], out var written);
        if (written < part.Length) part.CopyTo(text[length..]);
        length += part.Length;
        text[length++] = 0;
    }

    /// <summary>The path with every run of digits as one mark, so that /user/17 and /user/18 are equal; the query is left out.</summary>
    private static void PutTemplate(Span<byte> text, ref int length, ReadOnlySpan<byte> path)
    {
        var most = Math.Min(path.Length, MostPart);
        var inDigits = false;
        for (var i = 0; i < most && path[i] != '?'; i++)
        {
            var digit = path[i] is >= (byte)'0' and <= (byte)'9';
            if (!digit) text[length++] = path[i];
            else if (!inDigits) text[length++] = (byte)'#';
            inDigits = digit;
        }
        text[length++] = 0;
    }
}
