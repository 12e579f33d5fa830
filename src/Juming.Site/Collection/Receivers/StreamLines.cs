using Juming.Site.Collection.Sources;

namespace Juming.Site.Collection.Receivers;

/// <summary>Reads one byte stream (TCP, TLS, unix socket) to its end and gathers its lines; memory is bounded by the largest message.</summary>
internal sealed class StreamLines(LineGatherer gatherer, CollectionSettings settings, TimeProvider clock)
{
    private const int BufferBytes = 256 * 1024;

    private byte[] _buffer = new byte[BufferBytes];
    private int _start;
    private int _end;
    private bool _skipping;

    /// <summary>Reads until the sender closes or the token ends it. What was received is handed on in every case.</summary>
    public async Task Read(Stream stream, Source source, CancellationToken ct)
    {
        try
        {
            while (true)
            {
                var read = await ReadSome(stream, ct);
                if (read == 0) break;
                _end += read;
                await Take(source, ct);
                if (gatherer.IsFull || gatherer.IsDue) await gatherer.Submit(ct);
            }
            TakeRest(source);
        }
        finally
        {
            await gatherer.Submit(CancellationToken.None);
        }
    }

    private async Task<int> ReadSome(Stream stream, CancellationToken ct)
    {
        MakeRoom();
        var pending = stream.ReadAsync(_buffer.AsMemory(_end), ct);
        if (pending.IsCompleted || !gatherer.HasLines) return await pending;
        // Nothing more at once: lines that wait go on after the gathering time even when the sender pauses.
        var reading = pending.AsTask();
        if (await Task.WhenAny(reading, Task.Delay(TimeSpan.FromMilliseconds(settings.GatherMilliseconds), clock, ct)) != reading) await gatherer.Submit(ct);
        return await reading;
    }

    private async ValueTask Take(Source source, CancellationToken ct)
    {
        while (TakeUntilFull(source)) await gatherer.Submit(ct);
        if (_end - _start <= SyslogFraming.MostCounted) return;
        // A message without an end: its head is kept, the rest is passed over up to the next line feed.
        if (!_skipping) gatherer.Add(_buffer.AsSpan(_start, LineGatherer.MostLineBytes), source, gatherer.Now);
        _skipping = true;
        _start = _end;
    }

    private bool TakeUntilFull(Source source)
    {
        var now = gatherer.Now;
        if (_skipping && !SkipToLineFeed()) return false;
        while (SyslogFraming.TryRead(_buffer.AsSpan(_start, _end - _start), out var message, out var used))
        {
            if (!message.IsEmpty) gatherer.Add(message, source, now);
            _start += used;
            if (gatherer.IsFull) return true;
        }
        return false;
    }

    private bool SkipToLineFeed()
    {
        var at = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
        if (at < 0)
        {
            _start = _end;
            return false;
        }
        _start += at + 1;
        _skipping = false;
        return true;
    }

    private void TakeRest(Source source)
    {
        if (_end > _start && !_skipping) gatherer.Add(_buffer.AsSpan(_start, _end - _start), source, gatherer.Now);
    }

    private void MakeRoom()
    {
        if (_start == _end) _start = _end = 0;
        if (_end < _buffer.Length) return;
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }
        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
    }
}
