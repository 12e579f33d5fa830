using System.Collections.Concurrent;
using System.Text;

namespace Juming.Site.Events;

/// <summary>
/// Process-wide table of field names. A name has one small number for the life of the process; events carry numbers, never names.
/// The table is bounded (<see cref="Capacity"/>): a sender that invents keys can't grow it without end.
/// </summary>
public static class FieldNames
{
    /// <summary>How many names are ever accepted, known ones included.</summary>
    public const int Capacity = 32_768;

    private static readonly Lock Gate = new();
    private static readonly string[] Names = new string[Capacity];
    private static readonly ConcurrentDictionary<string, ushort> ByName = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, ushort>.AlternateLookup<ReadOnlySpan<char>> ByChars = ByName.GetAlternateLookup<ReadOnlySpan<char>>();
    private static int _count = 1; // 0 means "no field"

    /// <summary>Number of names in the table, the reserved zero included.</summary>
    public static int Count => Volatile.Read(ref _count);

    /// <summary>The name of a field number.</summary>
    public static string Name(ushort id) => Names[id];

    /// <summary>The number of a known name, or 0.</summary>
    public static ushort Find(ReadOnlySpan<char> name) => ByChars.TryGetValue(name, out var id) ? id : (ushort)0;

    /// <summary>The number of a name, adding it when it is new. 0 when the table is full, the name is empty, over 200 characters or has control characters.</summary>
    public static ushort Intern(ReadOnlySpan<char> name)
    {
        if (ByChars.TryGetValue(name, out var id)) return id;
        if (name.IsEmpty || name.Length > 200) return 0;
        foreach (var c in name) if (char.IsControl(c)) return 0;
        lock (Gate)
        {
            if (ByChars.TryGetValue(name, out id)) return id;
            if (_count >= Capacity) return 0;
            var text = name.ToString();
            Names[_count] = text;
            id = (ushort)_count;
            ByName[text] = id;
            Volatile.Write(ref _count, _count + 1);
            return id;
        }
    }

    /// <summary>As <see cref="Intern(ReadOnlySpan{char})"/>, from UTF-8.</summary>
    public static ushort Intern(ReadOnlySpan<byte> name)
    {
        if (name.Length is 0 or > 200) return 0;
        Span<char> chars = stackalloc char[200];
        return Encoding.UTF8.TryGetChars(name, chars, out var n) ? Intern(chars[..n]) : (ushort)0;
    }
}
