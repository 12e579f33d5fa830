using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Sources;
using Microsoft.Extensions.Logging;

namespace Juming.Site.Collection.Receivers;

/// <summary>
/// Syslog over UDP: one thread per socket takes many datagrams a call (recvmmsg) into batches. It never waits for the pipeline; what the queue or the
/// kernel can't hold is counted as dropped.
/// </summary>
internal sealed partial class UdpReceiver(SourceRegister sources, LineGathererFactory gatherers, LedgerBook ledger, InFlightCounts inFlight, CollectionSettings settings, ILogger<UdpReceiver> log)
{
    private const int DatagramsPerCall = 128;
    private const int MostDatagram = 65_536;

    private long _errors;

    /// <summary>Errors of the sockets since the start.</summary>
    public long Errors => Interlocked.Read(ref _errors);

    /// <summary>Binds the socket and starts its thread.</summary>
    public (Task Loop, IPEndPoint Bound) Listen(IPEndPoint endpoint, CancellationToken ct)
    {
        var socket = new Socket(endpoint.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        WidenBuffer(socket);
        socket.Bind(endpoint);
        socket.ReceiveTimeout = settings.GatherMilliseconds;
        var bound = (IPEndPoint)socket.LocalEndPoint!;
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            try
            {
                using (socket)
                    if (OperatingSystem.IsLinux()) ReceiveMany(socket, ct);
                    else ReceiveOneByOne(socket, ct);
                ended.SetResult();
            }
            catch (Exception e)
            {
                LogEnded(log, bound, e);
                ended.SetException(e);
            }
        })
        { IsBackground = true, Name = "udp " + bound };
        thread.Start();
        return (ended.Task, bound);
    }

    private void WidenBuffer(Socket socket)
    {
        socket.ReceiveBufferSize = settings.UdpReceiveBuffer;
        // SO_RCVBUFFORCE (33) passes over net.core.rmem_max where the process may; without it the kernel's limit holds and doctor says so.
        if (OperatingSystem.IsLinux())
        {
            try
            {
                socket.SetRawSocketOption(1, 33, MemoryMarshal.AsBytes(new ReadOnlySpan<int>([settings.UdpReceiveBuffer])));
            }
            catch (SocketException)
            {
                LogSmallBuffer(log, socket.ReceiveBufferSize, settings.UdpReceiveBuffer);
            }
        }
    }

    private unsafe void ReceiveMany(Socket socket, CancellationToken ct)
    {
        var gatherer = gatherers.New();
        var drops = new KernelDrops((int)socket.Handle);
        var memory = (byte*)NativeMemory.Alloc(DatagramsPerCall * MostDatagram);
        var names = stackalloc byte[DatagramsPerCall * 28];
        var vectors = stackalloc IoVector[DatagramsPerCall];
        var messages = stackalloc MultiMessage[DatagramsPerCall];
        var senders = new SenderCache(sources);
        try
        {
            for (var i = 0; i < DatagramsPerCall; i++)
            {
                vectors[i] = new IoVector { Base = memory + (i * MostDatagram), Length = MostDatagram };
                messages[i].Header = new MessageHeader { Vectors = vectors + i, VectorCount = 1, Name = names + (i * 28) };
            }
            var handle = (int)socket.Handle;
            while (!ct.IsCancellationRequested)
            {
                for (var i = 0; i < DatagramsPerCall; i++) messages[i].Header.NameLength = 28;
                var received = recvmmsg(handle, messages, DatagramsPerCall, WaitForOne, null);
                if (received < 0) Check(Marshal.GetLastPInvokeError(), ct);
                else
                {
                    var now = gatherer.Now;
                    for (var i = 0; i < received; i++)
                        Take(gatherer, new ReadOnlySpan<byte>(memory + (i * MostDatagram), (int)messages[i].Length), senders.Of(new ReadOnlySpan<byte>(names + (i * 28), 28)), now);
                }
                gatherer.Book();
                if (gatherer.IsDue || received <= 0) gatherer.SubmitOrDrop();
                drops.Count(ledger, inFlight, gatherer.Now);
            }
            gatherer.SubmitOrDrop();
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    /// <summary>Nothing came within the gathering time: go on. A shortage passes, so it is told and waited out; anything else ends the receiver, visibly.</summary>
    private void Check(int error, CancellationToken ct)
    {
        const int interrupted = 4, again = 11, noMemory = 12, refused = 111, noBuffers = 105;
        if (error is interrupted or again) return;
        Interlocked.Increment(ref _errors);
        if (error is not (noMemory or refused or noBuffers)) throw new SocketException(error);
        LogError(log, error);
        ct.WaitHandle.WaitOne(1000);
    }

    private void ReceiveOneByOne(Socket socket, CancellationToken ct)
    {
        var gatherer = gatherers.New();
        var buffer = new byte[MostDatagram];
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        while (!ct.IsCancellationRequested)
        {
            try
            {
                var length = socket.ReceiveFrom(buffer, ref from);
                var address = ((IPEndPoint)from).Address;
                Take(gatherer, buffer.AsSpan(0, length), sources.Get("syslog/" + address, address.ToString()), gatherer.Now);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.TimedOut or SocketError.MessageSize or SocketError.ConnectionReset) { gatherer.SubmitOrDrop(); }
            gatherer.Book();
            if (gatherer.IsDue) gatherer.SubmitOrDrop();
        }
        gatherer.SubmitOrDrop();
    }

    private static void Take(LineGatherer gatherer, ReadOnlySpan<byte> datagram, Source source, long now)
    {
        while (!datagram.IsEmpty && (datagram[^1] is (byte)'\n' or (byte)'\r' or 0)) datagram = datagram[..^1];
        if (datagram.IsEmpty) return;
        gatherer.Add(datagram, source, now);
        if (gatherer.IsFull) gatherer.SubmitOrDrop();
    }

    private const int WaitForOne = 0x10000;

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct IoVector
    {
        public byte* Base;
        public nuint Length;
    }

    // struct mmsghdr holds a struct msghdr with that one's padding, so the two can't be written as one: the length would lie four bytes too early.
    [StructLayout(LayoutKind.Sequential)]
    private struct MultiMessage
    {
        public MessageHeader Header;
        public uint Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int recvmmsg(int socket, MultiMessage* messages, uint count, int flags, void* timeout);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The UDP receive buffer is {Got} bytes, {Wanted} were asked for: raise net.core.rmem_max")]
    private static partial void LogSmallBuffer(ILogger log, int got, int wanted);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Receiving datagrams failed with error {Error}; tried again in a second")]
    private static partial void LogError(ILogger log, int error);

    [LoggerMessage(Level = LogLevel.Error, Message = "The UDP receiver on {Address} ended")]
    private static partial void LogEnded(ILogger log, IPEndPoint address, Exception error);
}

/// <summary>Sender of a raw socket address, remembered so that a datagram costs no allocation.</summary>
internal sealed class SenderCache(SourceRegister sources)
{
    private const int Most = 4096;

    private readonly Dictionary<UInt128, Source> _known = [];

    /// <summary>The sender of a sockaddr_in or sockaddr_in6.</summary>
    public Source Of(ReadOnlySpan<byte> name)
    {
        var v6 = MemoryMarshal.Read<ushort>(name) == 10;
        var key = v6 ? MemoryMarshal.Read<UInt128>(name[8..]) : MemoryMarshal.Read<uint>(name[4..]);
        if (_known.TryGetValue(key, out var source) && !source.Evicted) return source;
        var address = new IPAddress(v6 ? name.Slice(8, 16) : name.Slice(4, 4));
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (_known.Count >= Most) _known.Clear();
        return _known[key] = sources.Get("syslog/" + address, address.ToString());
    }
}

/// <summary>Datagrams that the kernel threw away because one socket's buffer was full, as /proc counts them. Found by the socket's own number: several may share a port.</summary>
internal sealed class KernelDrops(int handle)
{
    private readonly string? _inode = Inode(handle);
    private long _seen = -1;
    private long _next;

    /// <summary>Books new drops, at most once a second.</summary>
    public void Count(LedgerBook ledger, InFlightCounts inFlight, long now)
    {
        if (now < _next) return;
        _next = now + 1_000_000;
        if (_inode is null) return;
        var drops = Read("/proc/net/udp") ?? Read("/proc/net/udp6") ?? _seen;
        if (_seen >= 0 && drops > _seen)
        {
            inFlight.Add(0, drops - _seen);
            ledger.Missed(0, now / 60_000_000, LedgerReasons.KernelUdp, drops - _seen, 0);
        }
        _seen = drops;
    }

    private static string? Inode(int handle)
    {
        var name = new FileInfo("/proc/self/fd/" + handle.ToString(System.Globalization.CultureInfo.InvariantCulture)).LinkTarget;
        return name is not null && name.StartsWith("socket:[", StringComparison.Ordinal) ? name["socket:[".Length..^1] : null;
    }

    private long? Read(string table)
    {
        if (!File.Exists(table)) return null;
        foreach (var line in File.ReadLines(table).Skip(1))
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length > 12 && columns[9] == _inode && long.TryParse(columns[12], out var drops)) return drops;
        }
        return null;
    }
}
