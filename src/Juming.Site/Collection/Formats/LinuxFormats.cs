using System.Buffers.Text;
using Juming.Site.Events;

namespace Juming.Site.Collection.Formats;

/// <summary>Messages of Linux programs: sshd, sudo, su, cron, the kernel's packet filter, account tools, auditd.</summary>
internal static class LinuxFormats
{
    /// <summary>Reads a message of a known program.</summary>
    /// <returns>False when the program is not one of these.</returns>
    public static bool Read(in EventWriter to, ReadOnlySpan<byte> app, int from)
    {
        if (app.SequenceEqual("sshd"u8) || app.SequenceEqual("sshd-session"u8)) Sshd(to, from);
        else if (app.SequenceEqual("sudo"u8)) Sudo(to, from);
        else if (app.SequenceEqual("su"u8) || app.SequenceEqual("login"u8) || app.SequenceEqual("systemd-logind"u8) || app.SequenceEqual("passwd"u8)) Auth(to, "linux.auth"u8, "authentication"u8);
        else if (app.SequenceEqual("useradd"u8) || app.SequenceEqual("usermod"u8) || app.SequenceEqual("userdel"u8) || app.SequenceEqual("groupadd"u8)) Accounts(to, from);
        else if (app.Length is 4 or 5 && (System.Text.Ascii.EqualsIgnoreCase(app, "cron"u8) || System.Text.Ascii.EqualsIgnoreCase(app, "crond"u8))) Cron(to, from);
        else if (app.SequenceEqual("kernel"u8)) return Kernel(to, from);
        else if (app.SequenceEqual("auditd"u8) || app.SequenceEqual("audispd"u8) || app.SequenceEqual("audit"u8)) Audit(to, from);
        else return false;
        return true;
    }

    /// <summary>Reads an auditd record.</summary>
    public static void Audit(in EventWriter to, int from)
    {
        to.Kind("linux.auditd"u8, "auditd"u8, "host"u8, "auditd"u8);
        to.Set(Field.HostOsType, "linux"u8);
        var text = to.Raw;
        var stamp = text[from..].IndexOf("msg=audit("u8);
        if (stamp >= 0)
        {
            var at = from + stamp + 10;
            var end = text[at..].IndexOfAny((byte)':', (byte)')');
            if (end > 0 && LineTime.TryEpoch(text.Slice(at, end), out var micros)) to.Time(micros);
        }
        KeyValue(to, from);
        var record = text[from..];
        if (record.StartsWith("type=EXECVE "u8)) CommandLine(to, from);
        else if (record.StartsWith("type=PROCTITLE "u8)) Encoded(to, from, " proctitle="u8, Field.ProcessCommandLine);
        else if (record.StartsWith("type=PATH "u8)) Encoded(to, from, " name="u8, Field.FilePath);
        else if (record.StartsWith("type=CWD "u8)) Encoded(to, from, " cwd="u8, Field.ProcessWorkingDirectory);
        else return;
        AuditSyscall.Carry(to);
    }

    /// <summary>A value of the kernel: in quotes, or hexadecimal where it holds quotes or blanks, with a NUL between the arguments of a command.</summary>
    private static void Encoded(in EventWriter to, int from, ReadOnlySpan<byte> key, ushort field)
    {
        var text = to.Raw;
        var found = text[from..].IndexOf(key);
        if (found < 0) return;
        var at = from + found + key.Length;
        if (at < text.Length && text[at] == (byte)'"')
        {
            var quote = text[++at..].IndexOf((byte)'"');
            to.Slice(field, at, quote < 0 ? text.Length - at : quote);
            return;
        }
        var blank = text[at..].IndexOfAny((byte)' ', (byte)'\n');
        var hex = blank < 0 ? text[at..] : text.Slice(at, blank);
        var room = to.Batch.GetSpan(hex.Length);
        if (Convert.FromHexString(hex, room, out _, out var bytes) != System.Buffers.OperationStatus.Done || bytes == 0) return;
        room[..bytes].Replace((byte)0, (byte)' ');
        to.Batch.AddSlice(field, to.Batch.Advance(bytes), bytes);
    }

    /// <summary>Joins the arguments of an EXECVE record with blanks; those that the kernel wrote as hex (they hold quotes or blanks) are decoded.</summary>
    private static void CommandLine(in EventWriter to, int from)
    {
        var text = to.Raw;
        var room = to.Batch.GetSpan(text.Length - from);
        Span<byte> key = stackalloc byte[12];
        int used = 0, at = from;
        for (var n = 0; ; n++)
        {
            key[0] = (byte)' ';
            key[1] = (byte)'a';
            Utf8Formatter.TryFormat(n, key[2..], out var digits);
            key[2 + digits] = (byte)'=';
            var found = text[at..].IndexOf(key[..(3 + digits)]);
            if (found < 0) break;
            at += found + 3 + digits;
            if (used > 0) room[used++] = (byte)' ';
            if (at < text.Length && text[at] == (byte)'"')
            {
                var quote = text[++at..].IndexOf((byte)'"');
                var end = quote < 0 ? text.Length : at + quote;
                text[at..end].CopyTo(room[used..]);
                used += end - at;
                at = end;
            }
            else
            {
                var blank = text[at..].IndexOfAny((byte)' ', (byte)'\n');
                var end = blank < 0 ? text.Length : at + blank;
                if (Convert.FromHexString(text[at..end], room[used..], out _, out var bytes) == System.Buffers.OperationStatus.Done) used += bytes;
                else
                {
                    text[at..end].CopyTo(room[used..]);
                    used += end - at;
                }
                at = end;
            }
        }
        if (used > 0) to.Batch.AddSlice(Field.ProcessCommandLine, to.Batch.Advance(used), used);
    }

    private static readonly Utf8Names<FieldTarget> AuditKeys = new(key => key switch
    {
        "exe" => new FieldTarget(Field.ProcessExecutable, FieldNames.Intern("exe")),
        "comm" => new FieldTarget(Field.ProcessName, FieldNames.Intern("comm")),
        "pid" => new FieldTarget(Field.ProcessPid, FieldNames.Intern("pid")),
        "addr" => new FieldTarget(Field.SourceIp, FieldNames.Intern("addr"), ValueKind.Ip),
        "acct" => new FieldTarget(Field.UserName, FieldNames.Intern("acct")),
        "res" => new FieldTarget(Field.EventOutcome, FieldNames.Intern("res")),
        _ => new FieldTarget(FieldNames.Intern(key)),
    });

    private static void KeyValue(in EventWriter to, int from)
    {
        var text = to.Raw;
        var at = from;
        while (at < text.Length)
        {
            var equals = text[at..].IndexOf((byte)'=');
            if (equals < 0) return;
            var keyAt = at + equals;
            while (keyAt > at && text[keyAt - 1] is not ((byte)' ' or (byte)'\n' or (byte)'\'')) keyAt--;
            var key = text[keyAt..(at + equals)];
            var valueAt = at + equals + 1;
            int end;
            if (valueAt < text.Length && text[valueAt] == (byte)'"')
            {
                valueAt++;
                var quote = text[valueAt..].IndexOf((byte)'"');
                end = quote < 0 ? text.Length : valueAt + quote;
            }
            else if (valueAt < text.Length && text[valueAt] == (byte)'\'') end = ++valueAt;
            else
            {
                var blank = text[valueAt..].IndexOfAny((byte)' ', (byte)'\n');
                end = blank < 0 ? text.Length : valueAt + blank;
            }
            if (end > valueAt && AuditKeys.TryGet(key, out var target)) to.Put(target, text[valueAt..end], valueAt);
            at = Math.Max(end, valueAt);
        }
    }

    private static void Auth(in EventWriter to, ReadOnlySpan<byte> dataset, ReadOnlySpan<byte> category)
    {
        to.Kind(dataset, "linux"u8, category, "linux-auth"u8);
        to.Set(Field.HostOsType, "linux"u8);
    }

    private static void Sshd(in EventWriter to, int from)
    {
        to.Kind("linux.sshd"u8, "linux"u8, "authentication"u8, "linux-sshd"u8);
        to.Set(Field.HostOsType, "linux"u8);
        var text = to.Raw[from..];
        if (text.StartsWith("Failed "u8) || text.StartsWith("Invalid user "u8)) Outcome(to, "failure"u8, "ssh_login"u8);
        else if (text.StartsWith("Accepted "u8)) Outcome(to, "success"u8, "ssh_login"u8);
        else if (text.StartsWith("Connection closed"u8) || text.StartsWith("Received disconnect"u8) || text.StartsWith("Disconnected"u8)) Outcome(to, default, "ssh_disconnect"u8);
        else if (text.StartsWith("pam_unix"u8)) Session(to, from);
        var user = text.IndexOf(" for "u8);
        if (user >= 0 && !text.StartsWith("pam_unix"u8))
        {
            var at = user + 5;
            if (text[at..].StartsWith("invalid user "u8)) at += 13;
            else if (text[at..].StartsWith("illegal user "u8)) at += 13;
            // A user name may hold blanks: it ends where " from " and an address stand last.
            var fromAt = text.LastIndexOf(" from "u8);
            if (fromAt > at) to.Slice(Field.UserName, from + at, fromAt - at);
        }
        else if (text.StartsWith("Invalid user "u8) && text.LastIndexOf(" from "u8) is > 13 and var last) to.Slice(Field.UserName, from + 13, last - 13);
        AddressAndPort(to, from, text);
    }

    private static void AddressAndPort(in EventWriter to, int from, ReadOnlySpan<byte> text)
    {
        var at = text.LastIndexOf(" from "u8);
        at = at >= 0 ? at + 6 : text.StartsWith("Connection closed by "u8) ? 21 : -1;
        if (at < 0) return;
        if (text[at..].StartsWith("authenticating user "u8) || text[at..].StartsWith("invalid user "u8))
        {
            at += text[at..].IndexOf((byte)'r') + 2;
            var port = text[at..].IndexOf(" port "u8);
            if (port < 0) return;
            var before = text.Slice(at, port).LastIndexOf((byte)' ');
            if (before > 0) to.Slice(Field.UserName, from + at, before);
            at += before + 1;
        }
        var end = text[at..].IndexOf((byte)' ');
        var address = end < 0 ? text[at..] : text.Slice(at, end);
        if (!EventWriter.IsAddress(address)) return;
        to.Slice(Field.SourceIp, from + at, address.Length);
        if (end < 0 || !text[(at + end)..].StartsWith(" port "u8)) return;
        at += end + 6;
        var digits = 0;
        while (at + digits < text.Length && text[at + digits] is >= (byte)'0' and <= (byte)'9') digits++;
        to.Slice(Field.SourcePort, from + at, digits);
    }

    private static void Session(in EventWriter to, int from)
    {
        var text = to.Raw[from..];
        Outcome(to, "success"u8, text.IndexOf("session opened"u8) >= 0 ? "session_opened"u8 : text.IndexOf("session closed"u8) >= 0 ? "session_closed"u8 : "pam"u8);
        var at = text.IndexOf(" for user "u8);
        if (at < 0) return;
        at += 10;
        var end = text[at..].IndexOfAny((byte)' ', (byte)'(');
        to.Slice(Field.UserName, from + at, end < 0 ? text.Length - at : end);
    }

    private static void Outcome(in EventWriter to, ReadOnlySpan<byte> outcome, ReadOnlySpan<byte> action)
    {
        to.Set(Field.EventOutcome, outcome);
        to.Set(Field.EventAction, action);
    }

    private static void Sudo(in EventWriter to, int from)
    {
        to.Kind("linux.sudo"u8, "linux"u8, "process"u8, "linux-sudo"u8);
        to.Set(Field.HostOsType, "linux"u8);
        to.Set(Field.EventAction, "sudo"u8);
        var text = to.Raw[from..];
        var colon = text.IndexOf(" : "u8);
        if (colon <= 0) return;
        var start = 0;
        while (start < colon && text[start] == (byte)' ') start++;
        to.Slice(Field.UserName, from + start, colon - start);
        Part(to, from, text, "USER="u8, Field.UserEffectiveName);
        Part(to, from, text, "PWD="u8, Field.ProcessWorkingDirectory);
        var command = text.IndexOf("COMMAND="u8);
        if (command >= 0) to.Slice(Field.ProcessCommandLine, from + command + 8, text.Length - command - 8);
        to.Set(Field.EventOutcome, text.IndexOf("incorrect password"u8) >= 0 || text.IndexOf("NOT in sudoers"u8) >= 0 || text.IndexOf("command not allowed"u8) >= 0 ? "failure"u8 : "success"u8);
    }

    private static void Part(in EventWriter to, int from, ReadOnlySpan<byte> text, ReadOnlySpan<byte> key, ushort field)
    {
        var at = text.IndexOf(key);
        if (at < 0) return;
        at += key.Length;
        var end = text[at..].IndexOf(" ;"u8);
        to.Slice(field, from + at, end < 0 ? text.Length - at : end);
    }

    private static void Cron(in EventWriter to, int from)
    {
        to.Kind("linux.cron"u8, "linux"u8, "process"u8, "linux-cron"u8);
        to.Set(Field.HostOsType, "linux"u8);
        var text = to.Raw[from..];
        if (text.IsEmpty || text[0] != (byte)'(') return;
        var close = text.IndexOf((byte)')');
        if (close <= 1) return;
        to.Slice(Field.UserName, from + 1, close - 1);
        var command = text.IndexOf("CMD ("u8);
        if (command < 0) return;
        command += 5;
        var length = text.Length - command - (text[^1] == (byte)')' ? 1 : 0);
        to.Slice(Field.ProcessCommandLine, from + command, length);
    }

    private static void Accounts(in EventWriter to, int from)
    {
        to.Kind("linux.auth"u8, "linux"u8, "iam"u8, "linux-accounts"u8);
        to.Set(Field.HostOsType, "linux"u8);
        var text = to.Raw[from..];
        to.Set(Field.EventAction, text.StartsWith("new user"u8) ? "user_created"u8 : text.StartsWith("new group"u8) ? "group_created"u8 : text.StartsWith("delete user"u8) ? "user_deleted"u8 : "account_changed"u8);
        var name = text.IndexOf("name="u8);
        if (name >= 0)
        {
            name += 5;
            var end = text[name..].IndexOf((byte)',');
            to.Slice(Field.UserName, from + name, end < 0 ? text.Length - name : end);
        }
        else
        {
            var quote = text.IndexOf((byte)'\'');
            var close = quote < 0 ? -1 : text[(quote + 1)..].IndexOf((byte)'\'');
            if (close > 0) to.Slice(Field.UserName, from + quote + 1, close);
        }
    }

    private static readonly Utf8Names<FieldTarget> PacketKeys = new(key => key switch
    {
        "SRC" => new FieldTarget(Field.SourceIp, 0, ValueKind.Ip),
        "DST" => new FieldTarget(Field.DestinationIp, 0, ValueKind.Ip),
        "SPT" => new FieldTarget(Field.SourcePort, 0, ValueKind.Port),
        "DPT" => new FieldTarget(Field.DestinationPort, 0, ValueKind.Port),
        "PROTO" => new FieldTarget(0, 0, ValueKind.Protocol),
        "IN" => new FieldTarget(Field.ObserverIngressInterfaceName),
        "OUT" => new FieldTarget(Field.ObserverEgressInterfaceName),
        "LEN" => new FieldTarget(Field.NetworkBytes),
        _ => default,
    });

    private static bool Kernel(in EventWriter to, int from)
    {
        var text = to.Raw[from..];
        var src = text.IndexOf(" SRC="u8);
        if (src < 0 || text.IndexOf(" DST="u8) < 0)
        {
            to.Kind("linux.kernel"u8, "linux"u8, "host"u8, "linux-kernel"u8);
            to.Set(Field.HostOsType, "linux"u8);
            return true;
        }
        to.Kind("linux.iptables"u8, "iptables"u8, "network"u8, "iptables"u8);
        to.Observer("linux"u8, "iptables"u8, "firewall"u8);
        var dropped = text[..src].IndexOf("DROP"u8) >= 0 || text[..src].IndexOf("REJECT"u8) >= 0 || text[..src].IndexOf("BLOCK"u8) >= 0 || text[..src].IndexOf("DENY"u8) >= 0;
        to.Set(Field.EventAction, dropped ? "blocked"u8 : "allowed"u8);
        to.Set(Field.EventType, dropped ? "denied"u8 : "allowed"u8);
        var at = Math.Max(0, text.IndexOf("IN="u8));
        while (at < text.Length)
        {
            var end = text[at..].IndexOf((byte)' ');
            var word = end < 0 ? text[at..] : text.Slice(at, end);
            var equals = word.IndexOf((byte)'=');
            if (equals > 0 && PacketKeys.TryGet(word[..equals], out var target)) to.Put(target, word[(equals + 1)..], from + at + equals + 1);
            if (end < 0) break;
            at += end + 1;
        }
        return true;
    }
}
