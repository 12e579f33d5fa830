using System.Text;

namespace Juming.Site.Collection.Formats;

/// <summary>
/// From the bytes of a key to what the format does with it; asked millions of times a second, so reading takes no lock and no text is made.
/// Bounded: when full, keys that nobody asks for are left in the raw line. One sender that invents keys must not blind the others, so keys that
/// <paramref name="isWanted"/> names are still read then, slowly.
/// </summary>
internal sealed class Utf8Names<T>(Func<string, T> make, Func<string, bool>? isWanted = null, int most = 8192)
{
    private sealed record Table(byte[]?[] Keys, T[] Values, int Mask);

    private readonly Lock _gate = new();
    private Table _table = new(new byte[1024][], new T[1024], 1023);
    private int _count;

    /// <summary>The entry of a key, made on first sight; false when the table is full or the key is unfit.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, out T value)
    {
        var table = _table;
        for (var at = (int)Hash(key) & table.Mask; ; at = (at + 1) & table.Mask)
        {
            var known = Volatile.Read(ref table.Keys[at]);
            if (known is null) return Add(key, out value);
            if (!key.SequenceEqual(known)) continue;
            value = table.Values[at];
            return true;
        }
    }

    private bool Add(ReadOnlySpan<byte> key, out T value)
    {
        value = default!;
        if (key.Length is 0 or > 200) return false;
        if (_count >= most) return AddNothing(key, out value);
        var bytes = key.ToArray();
        value = make(Encoding.UTF8.GetString(bytes));
        lock (_gate)
        {
            if (_count * 2 >= _table.Mask) Grow();
            if (Insert(_table, bytes, value)) _count++;
        }
        return true;
    }

    private bool AddNothing(ReadOnlySpan<byte> key, out T value)
    {
        value = default!;
        if (isWanted is null) return false;
        var text = Encoding.UTF8.GetString(key);
        if (!isWanted(text)) return false;
        value = make(text);
        return true;
    }

    private void Grow()
    {
        var size = (_table.Mask + 1) * 2;
        var bigger = new Table(new byte[size][], new T[size], size - 1);
        for (var i = 0; i <= _table.Mask; i++)
            if (_table.Keys[i] is { } key) Insert(bigger, key, _table.Values[i]);
        _table = bigger;
    }

    private static bool Insert(Table table, byte[] key, T value)
    {
        var at = (int)Hash(key) & table.Mask;
        while (table.Keys[at] is { } known)
        {
            if (known.AsSpan().SequenceEqual(key)) return false;
            at = (at + 1) & table.Mask;
        }
        table.Values[at] = value;
        // The key is published last: a reader that sees it sees the value.
        Volatile.Write(ref table.Keys[at], key);
        return true;
    }

    private static uint Hash(ReadOnlySpan<byte> key)
    {
        var hash = 2166136261u;
        foreach (var b in key) hash = (hash ^ b) * 16777619u;
        return hash ^ (hash >> 15);
    }
}
