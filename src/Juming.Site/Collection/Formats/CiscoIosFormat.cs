using Juming.Site.Events;

namespace Juming.Site.Collection.Formats;

/// <summary>Cisco's routers, switches and servers, and Arista's switches: <c>%FACILITY-SEVERITY-MNEMONIC: text</c>; the facility tells which product speaks.</summary>
internal static class CiscoIosFormat
{
    private const int FarthestMark = 160;

    /// <summary>Reads a message that begins with the mark.</summary>
    /// <returns>False for a percent sign that begins something else.</returns>
    public static bool Read(in EventWriter to, int from)
    {
        var text = to.Raw[from..];
        if (text.Length < 6 || text[0] != (byte)'%' || !IsLetter(text[1])) return false;
        var end = 1;
        while (end < text.Length && end < 100 && (IsLetter(text[end]) || text[end] is (>= (byte)'0' and <= (byte)'9') or (byte)'_' or (byte)'-')) end++;
        if (end < text.Length && text[end] is not ((byte)':' or (byte)' ')) return false;
        var mark = text[1..end];
        var severity = SeverityAt(mark);
        if (severity < 0) return false;
        var facility = mark[..(severity - 1)];
        Name(to, facility);
        to.Slice(Field.LogLevel, from + 1 + severity, 1);
        to.Slice(Field.EventProvider, from + 1, facility.Length);
        to.Slice(Field.EventCode, from + severity + 3, mark.Length - severity - 2);
        while (end < text.Length && text[end] is (byte)':' or (byte)' ') end++;
        Body(to, from + end);
        return true;
    }

    /// <summary>Where a mark begins, first or behind numbers, hosts and clocks, or -1.</summary>
    public static int Find(ReadOnlySpan<byte> text)
    {
        if (text.Length > 1 && text[0] == (byte)'%') return 0;
        var at = text[..Math.Min(text.Length, FarthestMark)].IndexOf(" %"u8);
        return at >= 0 && at + 2 < text.Length && IsLetter(text[at + 2]) ? at + 1 : -1;
    }

    private static int SeverityAt(ReadOnlySpan<byte> mark)
    {
        for (var i = 1; i + 3 < mark.Length + 1 && i + 2 < mark.Length; i++)
            if (mark[i] == (byte)'-' && mark[i + 1] is >= (byte)'0' and <= (byte)'7' && mark[i + 2] == (byte)'-' && i + 3 < mark.Length) return i + 1;
        return -1;
    }

    private static void Name(in EventWriter to, ReadOnlySpan<byte> facility)
    {
        if (facility.SequenceEqual("FWSM"u8) || facility.SequenceEqual("PIX"u8)) Product(to, "cisco.firewall"u8, facility, "firewall"u8);
        else if (facility.SequenceEqual("ACE"u8)) Product(to, "cisco.ace"u8, facility, "loadbalancer"u8);
        else if (facility.SequenceEqual("CIMC"u8)) Product(to, "cisco.cimc"u8, facility, "server"u8);
        else if (facility.SequenceEqual("UCSM"u8)) Product(to, "cisco.ucs_manager"u8, "ucs_manager"u8, "server"u8);
        else if (facility.StartsWith("UC_"u8) || facility.StartsWith("CCM_"u8)) Product(to, "cisco.ucm"u8, "ucm"u8, "telephony"u8);
        else if (facility.StartsWith("Viptela"u8)) Product(to, "cisco.viptela"u8, "viptela"u8, "router"u8);
        else if (facility.SequenceEqual("ACL"u8) || facility.SequenceEqual("AGENT"u8) || facility.SequenceEqual("PROCMGR"u8)) Arista(to);
        else Product(to, "cisco.ios"u8, "ios"u8, "router"u8);
    }

    // EOS writes the same marks with facilities of its own.
    private static void Arista(in EventWriter to)
    {
        to.Kind("arista.eos"u8, "arista"u8, "network"u8, "cisco-ios"u8);
        to.Observer("arista"u8, "eos"u8, "switch"u8);
    }

    private static void Product(in EventWriter to, ReadOnlySpan<byte> dataset, ReadOnlySpan<byte> product, ReadOnlySpan<byte> type)
    {
        to.Kind(dataset, "cisco"u8, "network"u8, "cisco-ios"u8);
        to.Set(Field.ObserverVendor, "cisco"u8);
        to.Lower(Field.ObserverProduct, product);
        to.Set(Field.ObserverType, type);
    }

    private static void Body(in EventWriter to, int from)
    {
        var text = to.Raw[from..];
        if (Between(text, "[user: "u8, "]"u8) is var (userAt, userLength) && userLength > 0) to.Slice(Field.UserName, from + userAt, userLength);
        else if (text.StartsWith("User:"u8) && text.IndexOf((byte)' ') is > 5 and < 200 and var blank) to.Slice(Field.UserName, from + 5, blank - 5);
        if (Between(text, "logged command:"u8, default) is var (commandAt, commandLength) && commandLength > 0) to.Slice(Field.ProcessCommandLine, from + commandAt, commandLength);
        var arrow = text.IndexOf(" -> "u8);
        var list = text.StartsWith("list "u8) || text.StartsWith("access-list "u8);
        if (list && arrow > 0)
        {
            var denied = text[..arrow].IndexOf(" denied "u8) >= 0;
            to.Set(Field.EventAction, denied ? "blocked"u8 : "allowed"u8);
            to.Set(Field.EventType, denied ? "denied"u8 : "allowed"u8);
            foreach (var word in text[..arrow].Split((byte)' '))
                if (text[word] is var protocol && (protocol.SequenceEqual("tcp"u8) || protocol.SequenceEqual("udp"u8) || protocol.SequenceEqual("icmp"u8))) to.Set(Field.NetworkTransport, protocol);
            Endpoint(to, from, text[..arrow], Field.SourceIp, Field.SourcePort);
            Endpoint(to, from + arrow + 4, text[(arrow + 4)..], Field.DestinationIp, Field.DestinationPort);
        }
        if (Between(text, "[Source: "u8, "]"u8) is var (sourceAt, sourceLength) && sourceLength > 0) to.Put(new FieldTarget(Field.SourceIp, 0, ValueKind.Ip), text.Slice(sourceAt, sourceLength), from + sourceAt);
        AddressText.AddRelated(to, from);
    }

    /// <summary>The first "address(port)" of a text.</summary>
    private static void Endpoint(in EventWriter to, int from, ReadOnlySpan<byte> text, ushort address, ushort port)
    {
        foreach (var range in text.Split((byte)' '))
        {
            var word = text[range];
            var open = word.IndexOf((byte)'(');
            var name = open > 0 ? word[..open] : word.TrimEnd((byte)',');
            if (!EventWriter.IsAddress(name)) continue;
            var at = from + range.Start.GetOffset(text.Length);
            to.Put(new FieldTarget(address, 0, ValueKind.Ip), name, at);
            if (open > 0 && word[(open + 1)..].IndexOf((byte)')') is > 0 and var close) to.Put(new FieldTarget(port, 0, ValueKind.Port), word.Slice(open + 1, close), at + open + 1);
            return;
        }
    }

    private static (int At, int Length) Between(ReadOnlySpan<byte> text, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        var at = text.IndexOf(before);
        if (at < 0) return (0, 0);
        at += before.Length;
        while (at < text.Length && text[at] == (byte)' ') at++;
        var length = after.IsEmpty ? text.Length - at : text[at..].IndexOf(after);
        return length > 0 ? (at, length) : (0, 0);
    }

    private static bool IsLetter(byte c) => c is (>= (byte)'A' and <= (byte)'Z') or (>= (byte)'a' and <= (byte)'z');
}
