using Juming.Site.Events;

namespace Juming.Site.Collection.Formats;

/// <summary>Cisco ASA and its kin: <c>%ASA-6-302013: …</c>. The code is the event; addresses are found by how they are written.</summary>
internal static class CiscoAsaFormat
{
    /// <summary>Reads from the place of the percent sign.</summary>
    public static bool Read(in EventWriter to, int from)
    {
        var text = to.Raw[from..];
        var colon = text.IndexOf((byte)':');
        if (colon is < 8 or > 40) return false;
        var dash = text[..colon].LastIndexOf((byte)'-');
        if (dash < 3) return false;
        to.Kind("cisco.asa"u8, "cisco_asa"u8, "network"u8, "cisco-asa"u8);
        to.Observer("cisco"u8, "asa"u8, "firewall"u8);
        to.Slice(Field.EventCode, from + dash + 1, colon - dash - 1);
        if (text[dash - 1] is >= (byte)'0' and <= (byte)'7') to.Slice(Field.LogLevel, from + dash - 1, 1);
        var message = text[(colon + 1)..];
        var blocked = message.IndexOf("Deny"u8) >= 0 || message.IndexOf("denied"u8) >= 0 || message.IndexOf("Dropp"u8) >= 0;
        if (blocked || message.IndexOf("Built"u8) >= 0 || message.IndexOf("permitted"u8) >= 0)
        {
            to.Set(Field.EventAction, blocked ? "blocked"u8 : "allowed"u8);
            to.Set(Field.EventType, blocked ? "denied"u8 : "allowed"u8);
        }
        if (message.IndexOf("TCP"u8) >= 0 || message.IndexOf("tcp"u8) >= 0) to.Set(Field.NetworkTransport, "tcp"u8);
        else if (message.IndexOf("UDP"u8) >= 0 || message.IndexOf("udp"u8) >= 0) to.Set(Field.NetworkTransport, "udp"u8);
        var outbound = message.IndexOf("Built outbound"u8) >= 0;
        if (message.IndexOf("Scanning"u8) >= 0 && text.IndexOf("733100"u8) >= 0) to.Set(Field.RuleName, "Scanning threat detected"u8);
        Endpoints(to, from + colon + 1, outbound);
        return true;
    }

    /// <summary>"name:address/port" twice: first and second party; an outbound connection is told from its far end first.</summary>
    private static void Endpoints(in EventWriter to, int from, bool farFirst)
    {
        var text = to.Raw;
        var found = 0;
        for (var at = from; at < text.Length && found < 2; at++)
        {
            if (text[at - 1] is not ((byte)':' or (byte)' ') || text[at] is < (byte)'0' or > (byte)'9') continue;
            var end = at;
            while (end < text.Length && text[end] is (>= (byte)'0' and <= (byte)'9') or (byte)'.') end++;
            if (!EventWriter.IsAddress(text[at..end])) continue;
            var source = (found == 0) != farFirst;
            to.Slice(source ? Field.SourceIp : Field.DestinationIp, at, end - at);
            if (end < text.Length && text[end] == (byte)'/')
            {
                var port = end + 1;
                while (port < text.Length && text[port] is >= (byte)'0' and <= (byte)'9') port++;
                if (port > end + 1) to.Slice(source ? Field.SourcePort : Field.DestinationPort, end + 1, port - end - 1);
                end = port;
            }
            // The translated address in brackets is not a party.
            if (end + 1 < text.Length && text[end] == (byte)' ' && text[end + 1] == (byte)'(')
            {
                var close = text[end..].IndexOf((byte)')');
                if (close > 0) end += close;
            }
            found++;
            at = end;
        }
    }
}
