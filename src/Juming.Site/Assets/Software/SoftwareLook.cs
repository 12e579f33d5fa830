using System.Text;
using System.Threading.Channels;
using Juming.Site.Assets.Sightings;
using Juming.Site.Events;

namespace Juming.Site.Assets.Software;

/// <summary>
/// Reads what events say of software, and only what they say outright: greetings of SSH and web servers, programs that Windows installed, took off or started, packages of an inventory, the product and version that a
/// device names itself by. What clients say of themselves (user agents) is left out, for anybody may say anything. One combination is told once in six hours.
/// </summary>
internal sealed class SoftwareLook
{
    private const int MostQueued = 20_000;
    private const long Epoch = 6L * 3600 * 1_000_000;
    private const long Retry = 15L * 60 * 1_000_000;
    private const int Longest = 300;

    private static readonly ushort SshServer = FieldNames.Intern("suricata.ssh.server.software_version");
    private static readonly ushort SshClient = FieldNames.Intern("suricata.ssh.client.software_version");
    private static readonly ushort HttpServer = FieldNames.Intern("suricata.http.server");
    private static readonly ushort PackageName = FieldNames.Intern("package.name");
    private static readonly ushort PackageVersion = FieldNames.Intern("package.version");
    private static readonly ushort Product = FieldNames.Intern("winlog.event_data.Product");
    private static readonly ushort FileVersion = FieldNames.Intern("winlog.event_data.FileVersion");
    private static readonly ushort Company = FieldNames.Intern("winlog.event_data.Company");
    private static readonly ushort Param1 = FieldNames.Intern("winlog.event_data.param1");
    private static readonly ushort Param2 = FieldNames.Intern("winlog.event_data.param2");
    private static readonly ushort Param5 = FieldNames.Intern("winlog.event_data.param5");

    private readonly SeenCache _seen = new(16);
    private readonly Channel<SoftwareSighting> _queue = Channel.CreateBounded<SoftwareSighting>(new BoundedChannelOptions(MostQueued) { SingleReader = true });
    private long _refused;

    /// <summary>What was seen.</summary>
    public ChannelReader<SoftwareSighting> Queue => _queue.Reader;

    /// <summary>What found the queue full; it comes again with the next event.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Fields that make a look worth while; an event without any of them is not looked at.</summary>
    public static IEnumerable<ushort> Hints => [SshServer, SshClient, HttpServer, PackageName, Product, Param1, Field.ObserverVersion];

    /// <summary>It is written: nobody needs to tell of it again for some hours.</summary>
    public void Know(in SoftwareSighting sighting) => _seen.Put(sighting.Known);

    /// <summary>Looks at one event.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="index">The event.</param>
    /// <param name="source">Who opened the connection, where it is one of the site's.</param>
    /// <param name="destination">Who was spoken to, where it is one of the site's.</param>
    /// <param name="host">Host that the event names.</param>
    /// <param name="received">Receipt, microseconds.</param>
    /// <param name="at">When it was so, microseconds.</param>
    public void Look(EventBatch batch, int index, ReadOnlySpan<byte> source, ReadOnlySpan<byte> destination, ReadOnlySpan<byte> host, long received, long at)
    {
        if (!destination.IsEmpty && batch.TryGet(index, SshServer, out var ssh)) Banner(destination, ssh, "ssh:"u8, Port(batch, index), received, at);
        if (!source.IsEmpty && batch.TryGet(index, SshClient, out var client)) Banner(source, client, "ssh-client"u8, default, received, at);
        if (!destination.IsEmpty && batch.TryGet(index, HttpServer, out var server)) Banner(destination, server, "http:"u8, Port(batch, index), received, at);
        if (host.IsEmpty) return;
        if (batch.TryGet(index, PackageName, out var package)) Said(host, default, package, Get(batch, index, PackageVersion), "package"u8, false, received, at);
        batch.TryGet(index, Field.EventCode, out var code);
        if (batch.TryGet(index, Product, out var product) && code.SequenceEqual("1"u8) && batch.TryGet(index, FileVersion, out var version)) Program(host, Get(batch, index, Company), product, version, received, at);
        if (batch.TryGet(index, Param1, out var installed) && (code.SequenceEqual("1033"u8) || code.SequenceEqual("1034"u8)) && Get(batch, index, Field.WinlogProviderName).SequenceEqual("MsiInstaller"u8))
            Said(host, Get(batch, index, Param5), installed, Get(batch, index, Param2), "installer"u8, code.SequenceEqual("1034"u8), received, at);
        if (batch.TryGet(index, Field.ObserverVersion, out var own) && batch.TryGet(index, Field.ObserverProduct, out var device)) Said(host, Get(batch, index, Field.ObserverVendor), device, own, "device"u8, false, received, at);
    }

    private static ReadOnlySpan<byte> Get(EventBatch batch, int index, ushort field) => batch.TryGet(index, field, out var value) ? value : default;

    private static ReadOnlySpan<byte> Port(EventBatch batch, int index) => Get(batch, index, Field.DestinationPort);

    // The parts of Windows itself say the version of each file, not that of the system.
    private void Program(ReadOnlySpan<byte> host, ReadOnlySpan<byte> company, ReadOnlySpan<byte> product, ReadOnlySpan<byte> version, long received, long at)
    {
        if (product.IndexOf("Windows"u8) >= 0 && product.IndexOf("Operating System"u8) >= 0) return;
        if (product.SequenceEqual("-"u8) || product.SequenceEqual("?"u8) || version.SequenceEqual("-"u8) || version.SequenceEqual("?"u8)) return;
        Said(host, company, product, version, "process"u8, false, received, at);
    }

    private void Banner(ReadOnlySpan<byte> machine, ReadOnlySpan<byte> banner, ReadOnlySpan<byte> place, ReadOnlySpan<byte> port, long received, long at)
    {
        if (banner.Length is 0 or > Longest || port.Length > 5 || !New(machine, banner, port, received, out var retry, out var known)) return;
        foreach (var (product, version) in Banners.Read(Encoding.UTF8.GetString(banner))) Queued(Text(machine), "", product, version, Text(port.IsEmpty ? place.TrimEnd((byte)':') : place) + Text(port), false, at, retry, known);
    }

    private void Said(ReadOnlySpan<byte> machine, ReadOnlySpan<byte> vendor, ReadOnlySpan<byte> product, ReadOnlySpan<byte> version, ReadOnlySpan<byte> place, bool gone, long received, long at)
    {
        if (product.Length is 0 or > Longest || vendor.Length > Longest || version.Length > Longest || machine.Length > Longest) return;
        Span<byte> key = stackalloc byte[(3 * Longest) + 4];
        vendor.CopyTo(key);
        key[vendor.Length] = 0;
        product.CopyTo(key[(vendor.Length + 1)..]);
        var length = vendor.Length + 1 + product.Length;
        key[length++] = gone ? (byte)1 : (byte)2;
        version.CopyTo(key[length..]);
        if (!New(machine, key[..(length + version.Length)], place, received, out var retry, out var known)) return;
        Queued(Text(machine), Text(vendor), Text(product), Text(version), Text(place), gone, at, retry, known);
    }

    private bool New(ReadOnlySpan<byte> machine, ReadOnlySpan<byte> what, ReadOnlySpan<byte> where, long received, out ulong retry, out ulong known)
    {
        var place = where.IsEmpty ? 7UL : _seen.Key(0, 7, where);
        known = _seen.Key((ulong)(received / Epoch) ^ place, 8, machine, what);
        retry = 0;
        if (_seen.Has(known)) return false;
        retry = _seen.Key((ulong)(received / Retry) ^ place, 9, machine, what);
        return !_seen.Has(retry);
    }

    private void Queued(string machine, string vendor, string product, string version, string place, bool gone, long at, ulong retry, ulong known)
    {
        if (_queue.Writer.TryWrite(new SoftwareSighting(machine, vendor, product, version, place, gone, at, known))) _seen.Put(retry);
        else Interlocked.Increment(ref _refused);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
}
