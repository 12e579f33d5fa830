using System.Buffers;
using Juming.Site.Collection.Sources;

namespace Juming.Site.Collection.Receivers;

/// <summary>Reads one byte stream (TCP, TLS, unix socket) to its end and gathers its lines; memory is small while the sender is quiet and bounded by a few messages.</summary>
internal sealed class StreamLines(LineGatherer gatherer, CollectionSettings settings, TimeProvider clock)
{
    private const int FirstBytes = 8 * 1024;
    private const int MostBytes = 256 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private int _start;
    private int _end;

    // Bytes of a message that is too long to be kept whole: how many are still to come, and how many were passed over.
    private long _passing;
    private long _passed;
    private bool _toLineFeed;
    private bool _counted;
    private bool _lost;

    // The last read filled what it was given, or had to be waited for: the next buffer is larger, or small again.
    private bool _filled;
    private bool _waited;

    /// <summary>Reads until the sender closes or is idle too long, the framing is lost or the token ends it. What was received is handed on in every case.</summary>
    public async Task Read(Stream stream, Source source, CancellationToken ct)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var alarm = clock.CreateTimer(static s => ((CancellationTokenSource)s!).Cancel(), idle, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var broken = true;
        try
        {
            while (!_lost)
            {
                var read = await ReadSome(stream, source, alarm, idle.Token);
                if (read == 0) break;
                _end += read;
                _filled = _end == _buffer.Length;
                await Take(source, StreamState.Flowing, ct);
                if (gatherer.IsFull || gatherer.IsDue) await gatherer.Submit(ct);
            }
            broken = false;
        }
        finally
        {
            // The stop may have broken off the wait for a place, with a batch that is full.
            await gatherer.Submit(CancellationToken.None);
            // Whatever ended it, a reset or the stop of the program included: the last message may have no end, and nothing waits for more.
            await Take(source, StreamState.Ended, CancellationToken.None);
            EndPassing(source);
            await gatherer.Submit(CancellationToken.None);
            // A read that was broken off may still write into its buffer; that one is left to the collector.
            if (!broken) ArrayPool<byte>.Shared.Return(_buffer);
        }
    }

    private async Task<int> ReadSome(Stream stream, Source source, ITimer alarm, CancellationToken ct)
    {
        MakeRoom();
        var pending = stream.ReadAsync(_buffer.AsMemory(_end), ct);
        if (pending.IsCompleted) return await pending;
        _waited = true;
        alarm.Change(TimeSpan.FromMinutes(settings.ConnectionIdleMinutes), Timeout.InfiniteTimeSpan);
        if (!gatherer.HasLines && _start == _end) return await pending;
        // Nothing more at once: lines that wait go on after the gathering time even when the sender pauses.
        var reading = pending.AsTask();
        if (await Task.WhenAny(reading, Task.Delay(TimeSpan.FromMilliseconds(settings.GatherMilliseconds), clock, ct)) != reading)
        {
            await Take(source, StreamState.Paused, ct);
            await gatherer.Submit(ct);
        }
        return await reading;
    }

    private async ValueTask Take(Source source, StreamState state, CancellationToken ct)
    {
        while (!_lost && TakeUntilFull(source, state)) await gatherer.Submit(ct);
        gatherer.Book();
    }

    /// <summary>True when a batch is full and lines may be left.</summary>
    private bool TakeUntilFull(Source source, StreamState state)
    {
        var now = gatherer.Now;
        if (!PassOver(source, now)) return false;
        while (SyslogFraming.TryRead(_buffer.AsSpan(_start, _end - _start), state, out var message, out var used, out var rest))
        {
            if (!message.IsEmpty)
            {
                _counted |= message[0] != _buffer[_start];
                gatherer.Add(message, source, now);
                if (message.Length > LineGatherer.MostLineBytes) gatherer.Cut(source, now, message.Length - LineGatherer.MostLineBytes);
            }
            _start += used;
            if ((_passing = rest) > 0 && !PassOver(source, now)) return false;
            if (gatherer.IsFull) return true;
        }
        if (_end - _start > SyslogFraming.MostWaiting) TakeHead(source, now);
        return false;
    }

    /// <summary>A message without an end: its head is kept, the rest is passed over up to the next line feed. A counted stream has none to wait for, so it is closed.</summary>
    private void TakeHead(Source source, long now)
    {
        _lost = _counted || SyslogFraming.LooksCounted(_buffer.AsSpan(_start, _end - _start));
        gatherer.Add(_buffer.AsSpan(_start, LineGatherer.MostLineBytes), source, now);
        _passed = _end - _start - LineGatherer.MostLineBytes;
        _toLineFeed = true;
        _start = _end;
    }

    /// <summary>False when all bytes that are here belong to a message that is passed over, or nobody knows to which.</summary>
    private bool PassOver(Source source, long now)
    {
        if (_passing > 0)
        {
            var here = (int)Math.Min(_passing, _end - _start);
            _start += here;
            _passing -= here;
            _passed += here;
            if (_passing > 0) return false;
        }
        if (_toLineFeed)
        {
            var at = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            _passed += at < 0 ? _end - _start : at + 1;
            _start = at < 0 ? _end : _start + at + 1;
            if (at < 0) return false;
        }
        if (_passed == 0) return true;
        if (_start == _end && !_toLineFeed) return false;
        // The count of a message that was passed over can only be checked now; where it lied, no byte tells where a message begins.
        _lost = !_toLineFeed && !SyslogFraming.CanFollow(_buffer[_start]);
        if (_lost) _passed += _end - _start;
        _toLineFeed = false;
        EndPassing(source);
        return !_lost;
    }

    private void EndPassing(Source source)
    {
        if (_passed > 0) gatherer.Cut(source, gatherer.Now, _passed);
        _passed = 0;
    }

    private void MakeRoom()
    {
        if (_start == _end) _start = _end = 0;
        if (_start > 0 && _end == _buffer.Length)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }
        if ((_filled || _end == _buffer.Length) && _buffer.Length < MostBytes) Swap(_buffer.Length * 2);
        else if (_end == 0 && _waited && _buffer.Length > 2 * FirstBytes) Swap(_buffer.Length / 2);
        (_filled, _waited) = (false, false);
    }

    private void Swap(int size)
    {
        var other = ArrayPool<byte>.Shared.Rent(size);
        _buffer.AsSpan(0, _end).CopyTo(other);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = other;
    }
}
