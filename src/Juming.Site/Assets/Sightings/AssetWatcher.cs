using System.Net;
using System.Text;
using System.Threading.Channels;
using Juming.Site.Assets.Software;
using Juming.Site.Events;

namespace Juming.Site.Assets.Sightings;

/// <summary>
/// Looks at every stored event for machines of the site. An event that tells nothing new costs a walk over its fields and a few look-ups; what is
/// new, or was last told a quarter of an hour ago, is queued for the register.
/// </summary>
internal sealed class AssetWatcher : IBatchMatcher
{
    private const int MostQueued = 20_000;
    private const long Epoch = 15L * 60 * 1_000_000;
    private const byte None = 0, Source = 1, Destination = 2, HostAddress = 3, Host = 4, OtherHost = 5, SourceMac = 6, User = 7, Outcome = 8, Software = 9;

    private readonly byte[] _roles = new byte[FieldNames.Capacity];
    private readonly SeenCache _seen = new();
    private readonly Networks _networks;
    private readonly Senders _senders;
    private readonly SoftwareLook _software;
    private readonly Channel<Sighting> _queue = Channel.CreateBounded<Sighting>(new BoundedChannelOptions(MostQueued) { SingleReader = true });
    private long _refused;

    public AssetWatcher(Networks networks, Senders senders, SoftwareLook software)
    {
        (_networks, _senders, _software) = (networks, senders, software);
        foreach (var hint in SoftwareLook.Hints) _roles[hint] = Software;
        _roles[Field.SourceIp] = Source;
        _roles[Field.DestinationIp] = Destination;
        _roles[Field.HostIp] = HostAddress;
        _roles[Field.HostName] = Host;
        _roles[Field.HostHostname] = _roles[Field.WinlogComputerName] = OtherHost;
        _roles[Field.SourceMac] = SourceMac;
        _roles[Field.UserName] = User;
        _roles[Field.EventOutcome] = Outcome;
    }

    /// <summary>What was seen.</summary>
    public ChannelReader<Sighting> Queue => _queue.Reader;

    /// <summary>Sightings that found the queue full; they come again with the next event.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>The machine of a sighting stands in the register: until the next quarter of an hour nobody needs to tell of it again.</summary>
    public void Know(in Sighting sighting)
    {
        if (sighting.Known != 0) _seen.Put(sighting.Known);
    }

    public void Match(EventBatch batch)
    {
        for (var i = 0; i < batch.Count; i++) Look(batch, i);
    }

    private void Look(EventBatch batch, int index)
    {
        ReadOnlySpan<byte> source = default, destination = default, hostAddress = default, host = default, otherHost = default, mac = default, user = default;
        var (failed, software) = (false, false);
        foreach (ref readonly var field in batch.FieldsOf(index))
        {
            switch (_roles[field.Id])
            {
                case None: break;
                case Source: source = batch.Value(field); break;
                case Destination: destination = batch.Value(field); break;
                case HostAddress: if (hostAddress.IsEmpty) hostAddress = batch.Value(field); break;
                case Host: host = batch.Value(field); break;
                case OtherHost: otherHost = batch.Value(field); break;
                case SourceMac: mac = batch.Value(field); break;
                case User: if (user.IsEmpty) user = batch.Value(field); break;
                case Software: software = true; break;
                case Outcome: failed = batch.Value(field).SequenceEqual("failure"u8); break;
            }
        }
        if (host.IsEmpty) host = otherHost;
        ref readonly var header = ref batch.Events[index];
        var at = (header.Flags & EventFlags.TimeSuspect) == 0 ? header.Time : header.Received;
        var epoch = (ulong)(header.Received / Epoch);
        if (!source.IsEmpty) Address(epoch, source, mac, default, at);
        // What could not be reached need not exist: a sweep must not fill the register.
        if (!destination.IsEmpty && !failed) Address(epoch, destination, default, source.IsEmpty ? destination : source, at);
        if (software) _software.Look(batch, index, _networks.Contains(source) ? source : default, _networks.Contains(destination) && !failed ? destination : default, host.IsEmpty ? hostAddress : host, header.Received, at);
        if (host.IsEmpty) return;
        Named(epoch, host, hostAddress, hostAddress.IsEmpty ? _senders.OwnAddress(header.SourceId, _seen.Key(0, 5, host), header.Received) : null, at);
        if (!user.IsEmpty) Account(epoch, host, user, at);
    }

    private void Address(ulong epoch, ReadOnlySpan<byte> address, ReadOnlySpan<byte> mac, ReadOnlySpan<byte> from, long at)
    {
        if (!_networks.Contains(address)) return;
        var known = _seen.Key(epoch, 1, address);
        // Who names a machine matters only until it is known.
        if (mac.IsEmpty && _seen.Has(known)) return;
        var key = from.IsEmpty ? mac.IsEmpty ? known : _seen.Key(epoch, 1, address, mac) : _seen.Key(epoch, 4, address, from);
        if (_seen.Has(key)) return;
        if (Identity.Address(Text(address)) is { } ip) Queued(key, new Sighting(ip, null, mac.IsEmpty ? null : Identity.Mac(Text(mac)), null, from.IsEmpty ? null : Text(from), at, known));
    }

    private void Named(ulong epoch, ReadOnlySpan<byte> host, ReadOnlySpan<byte> address, string? sender, long at)
    {
        // A sender that speaks for itself is told once more, now with its address.
        var key = _seen.Key(epoch, (byte)(string.IsNullOrEmpty(sender) ? 2 : 6), host, address);
        if (_seen.Has(key)) return;
        var own = address.IsEmpty ? string.IsNullOrEmpty(sender) || !_networks.Contains(IPAddress.Parse(sender)) ? null : sender : _networks.Contains(address) ? Identity.Address(Text(address)) : null;
        if (Identity.Host(Text(host)) is { } name) Queued(key, new Sighting(own, name, null, null, null, at));
        // A header that holds an address instead of a name names the same machine by its address.
        else if (_networks.Contains(host)) Queued(key, new Sighting(Identity.Address(Text(host)), null, null, null, null, at));
        else _seen.Put(key);
    }

    private void Account(ulong epoch, ReadOnlySpan<byte> host, ReadOnlySpan<byte> user, long at)
    {
        if (user.Length > 256) return;
        var key = _seen.Key(epoch, 3, host, user);
        if (_seen.Has(key)) return;
        if (Identity.Host(Text(host)) is { } name && Identity.User(Text(user)) is { } account) Queued(key, new Sighting(null, name, null, account, null, at));
        else _seen.Put(key);
    }

    private void Queued(ulong key, Sighting sighting)
    {
        if (_queue.Writer.TryWrite(sighting)) _seen.Put(key);
        else Interlocked.Increment(ref _refused);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes.Length <= 300 ? bytes : bytes[..300]);
}

/// <summary>Canonical forms of identities; null for what is none.</summary>
internal static class Identity
{
    private static readonly HashSet<string> NoHosts = new(StringComparer.Ordinal) { "-", "localhost", "localhost.localdomain", "unknown", "none", "null", "(none)" };

    public static string? Address(string text) =>
        IPAddress.TryParse(text.Trim(), out var address) && (text.Contains('.') || text.Contains(':')) ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : null;

    public static string? Host(string text)
    {
        var name = text.Trim().TrimEnd('.').ToLowerInvariant();
        if (name.Length is 0 or > 253 || NoHosts.Contains(name) || IPAddress.TryParse(name, out _)) return null;
        foreach (var c in name)
            if (!(char.IsLetterOrDigit(c) || c is '-' or '_' or '.')) return null;
        return name;
    }

    public static string? Mac(string text)
    {
        Span<char> digits = stackalloc char[12];
        var n = 0;
        foreach (var c in text.AsSpan().Trim())
        {
            if (c is ':' or '-' or '.') continue;
            if (n == 12 || !char.IsAsciiHexDigit(c)) return null;
            digits[n++] = char.ToLowerInvariant(c);
        }
        if (n != 12) return null;
        var mac = $"{digits[..2]}:{digits[2..4]}:{digits[4..6]}:{digits[6..8]}:{digits[8..10]}:{digits[10..]}";
        return mac is "00:00:00:00:00:00" or "ff:ff:ff:ff:ff:ff" ? null : mac;
    }

    public static string? User(string text)
    {
        var name = text.Trim();
        return name.Length is 0 or > 256 || name == "-" || name.Any(char.IsControl) ? null : name;
    }

    /// <summary>"web01" of "web01.corp.example".</summary>
    public static string Label(string host) => host.Split('.', 2)[0];
}
