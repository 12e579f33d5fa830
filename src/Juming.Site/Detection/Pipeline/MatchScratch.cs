using System.Runtime.CompilerServices;
using System.Text;
using Juming.Site.Events;

namespace Juming.Site.Detection.Pipeline;

/// <summary>
/// Working memory of one worker: what is known about the event at hand. Everything carries a stamp, so nothing is cleared between events
/// and nothing is allocated for one.
/// </summary>
internal sealed class MatchScratch
{
    private readonly int[] _fieldStamp = new int[FieldNames.Capacity];
    private readonly int[] _fieldFirst = new int[FieldNames.Capacity];
    private readonly bool[] _fieldRepeats = new bool[FieldNames.Capacity];
    private readonly SlotState[] _slots;
    private readonly int[] _memo;
    private readonly int[] _hint;
    private readonly FieldAliases _aliases;
    private SlotValue[] _values = new SlotValue[1024];
    private int _valueCount;
    private byte[] _lower = new byte[64 * 1024];
    private int _lowerUsed;
    private char[] _chars = new char[16 * 1024];
    private int _charsUsed;
    private int[] _hits = new int[256];

    /// <summary>Makes working memory for a rule set.</summary>
    public MatchScratch(RuleSet rules)
    {
        Rules = rules;
        _aliases = rules.Aliases;
        _slots = new SlotState[rules.SlotCount];
        _memo = new int[rules.AtomCount];
        _hint = new int[rules.AtomCount];
        RuleStamp = new int[rules.Rules.Count];
        Lanes = new Lane[rules.Lanes.Count];
        LaneSeen = new int[rules.Lanes.Count];
    }

    /// <summary>The rule set that it belongs to.</summary>
    public RuleSet Rules { get; }

    /// <summary>Number of the event at hand, 1 and up.</summary>
    public int Stamp { get; private set; }

    /// <summary>The batch at hand.</summary>
    public EventBatch Batch { get; private set; } = null!;

    /// <summary>Who is told.</summary>
    public IMatchSink Sink { get; set; } = null!;

    /// <summary>Lanes of the event at hand.</summary>
    public Lane[] Lanes { get; }

    /// <summary>Events per lane since the counts were last booked.</summary>
    public int[] LaneSeen { get; }

    /// <summary>Index of the event at hand.</summary>
    public int Index { get; private set; }

    /// <summary>Rules that have been looked at for the event at hand.</summary>
    public int[] RuleStamp { get; }

    /// <summary>Atoms that the scans have found, in no order.</summary>
    public ReadOnlySpan<int> Hits => _hits.AsSpan(0, HitCount);

    /// <summary>Number of <see cref="Hits"/>.</summary>
    public int HitCount { get; set; }

    /// <summary>Field numbers that made the rule at hand match.</summary>
    public FieldList Matched { get; } = new();

    /// <summary>Takes up an event.</summary>
    public void Begin(EventBatch batch, int index)
    {
        Batch = batch;
        Index = index;
        if (++Stamp >= int.MaxValue / 2) Restart();
        HitCount = 0;
        _valueCount = 0;
        _lowerUsed = 0;
        _charsUsed = 0;
        ref readonly var header = ref batch.Events[index];
        var fields = batch.Fields;
        var canonical = _aliases.Table;
        var stamp = Stamp;
        for (var i = header.FirstField; i < header.FirstField + header.FieldCount; i++)
        {
            int id = fields[i].Id;
            var own = canonical[id];
            if (own != id) id = own != 0 ? own : _aliases.Learn((ushort)id);
            if (_fieldStamp[id] == stamp)
            {
                _fieldRepeats[id] = true;
                continue;
            }
            _fieldStamp[id] = stamp;
            _fieldFirst[id] = i;
            _fieldRepeats[id] = false;
        }
    }

    /// <summary>Bytes of a field's value in lower case; valid until the next value is folded.</summary>
    public ReadOnlySpan<byte> LowerOf(in FieldValue field)
    {
        var raw = Batch.Value(field);
        return _lower.AsSpan(Fold(raw), raw.Length);
    }

    /// <summary>True when the event has the field more than once.</summary>
    public bool Repeats(ushort field) => _fieldRepeats[field];

    /// <summary>Where a field first stands among the batch's fields, or -1.</summary>
    public int FirstOf(ushort field) => _fieldStamp[field] == Stamp ? _fieldFirst[field] : -1;

    /// <summary>Finds the values of a slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref SlotState Resolve(Slot slot)
    {
        ref var state = ref _slots[slot.Index];
        if (state.Stamp != Stamp) Resolve(slot, ref state);
        return ref state;
    }

    /// <summary>A value of a slot by its number.</summary>
    public ref SlotValue Value(int index) => ref _values[index];

    /// <summary>Bytes of a value as sent.</summary>
    public ReadOnlySpan<byte> Raw(in SlotValue value) => Batch.ArenaBuffer.AsSpan(value.Offset, value.Length);

    /// <summary>Bytes of a value in lower case.</summary>
    public ReadOnlySpan<byte> Lower(ref SlotValue value)
    {
        if (value.Lower < 0) value.Lower = Fold(Batch.ArenaBuffer.AsSpan(value.Offset, value.Length));
        return _lower.AsSpan(value.Lower, value.Length);
    }

    /// <summary>Characters of a value.</summary>
    public ReadOnlySpan<char> Chars(ref SlotValue value)
    {
        if (value.Chars < 0)
        {
            if (_chars.Length - _charsUsed < value.Length) Array.Resize(ref _chars, Math.Max(_chars.Length * 2, _charsUsed + value.Length));
            value.CharCount = Encoding.UTF8.GetChars(Raw(value), _chars.AsSpan(_charsUsed));
            value.Chars = _charsUsed;
            _charsUsed += value.CharCount;
        }
        return _chars.AsSpan(value.Chars, value.CharCount);
    }

    /// <summary>What is known about an atom: null when it has not been asked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Known(int atom, out bool holds)
    {
        var memo = _memo[atom];
        holds = (memo & 1) != 0;
        return memo >> 1 == Stamp;
    }

    /// <summary>Remembers an atom's answer for this event.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Remember(int atom, bool holds)
    {
        _memo[atom] = (Stamp << 1) | (holds ? 1 : 0);
        return holds;
    }

    /// <summary>True when a scan has found the literal that an atom can't do without.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsHinted(int atom) => _hint[atom] == Stamp;

    /// <summary>Notes what a scan has found.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Hit(int atom, bool settles)
    {
        if (_hint[atom] == Stamp) return;
        _hint[atom] = Stamp;
        if (settles) _memo[atom] = (Stamp << 1) | 1;
        if (HitCount == _hits.Length) Array.Resize(ref _hits, _hits.Length * 2);
        _hits[HitCount++] = atom;
    }

    /// <summary>True when a scan has nothing new to find out about an atom.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool IsHit(int atom) => _hint[atom] == Stamp;

    private int Fold(ReadOnlySpan<byte> raw)
    {
        if (_lower.Length - _lowerUsed < raw.Length + 8) Array.Resize(ref _lower, Math.Max(_lower.Length * 2, _lowerUsed + raw.Length + 8));
        var at = _lowerUsed;
        Bytes.Lower(raw, _lower.AsSpan(at));
        _lowerUsed += raw.Length;
        return at;
    }

    private void Resolve(Slot slot, ref SlotState state)
    {
        state.Stamp = Stamp;
        state.First = _valueCount;
        state.Count = 0;
        state.Field = 0;
        if (slot.IsMessage)
        {
            ResolveMessage(ref state);
            return;
        }
        ushort empty = 0;
        foreach (var place in slot.Places)
        {
            if (_fieldStamp[place] != Stamp) continue;
            var fields = Batch.Fields;
            // An empty value must not hide what a later place says.
            if (fields[_fieldFirst[place]].Length == 0 && !_fieldRepeats[place] && place != slot.Places[^1])
            {
                empty = empty == 0 ? place : empty;
                continue;
            }
            state.Field = place;
            Add(fields[_fieldFirst[place]].Offset, fields[_fieldFirst[place]].Length, ref state);
            if (_fieldRepeats[place])
            {
                ref readonly var header = ref Batch.Events[Index];
                for (var i = _fieldFirst[place] + 1; i < header.FirstField + header.FieldCount; i++)
                    if (_aliases.Table[fields[i].Id] == place) Add(fields[i].Offset, fields[i].Length, ref state);
            }
            return;
        }
        if (empty == 0) return;
        state.Field = empty;
        Add(Batch.Fields[_fieldFirst[empty]].Offset, 0, ref state);
    }

    private void ResolveMessage(ref SlotState state)
    {
        ref readonly var header = ref Batch.Events[Index];
        Add(header.RawOffset, header.RawLength, ref state);
        state.Field = Field.EventOriginal;
        // In JSON and quoted text a backslash stands twice, so a search over the raw line alone would miss paths.
        if (Batch.Raw(Index).IndexOf((byte)'\\') < 0) return;
        foreach (ref readonly var field in Batch.FieldsOf(Index)) Add(field.Offset, field.Length, ref state);
    }

    private void Add(int offset, int length, ref SlotState state)
    {
        if (_valueCount == _values.Length) Array.Resize(ref _values, _values.Length * 2);
        _values[_valueCount++] = new SlotValue { Offset = offset, Length = length, Lower = -1, Chars = -1 };
        state.Count++;
    }

    private void Restart()
    {
        Array.Clear(_fieldStamp);
        Array.Clear(_slots);
        Array.Clear(_memo);
        Array.Clear(_hint);
        Array.Clear(RuleStamp);
        Stamp = 1;
    }
}

/// <summary>A small set of field numbers, reused.</summary>
internal sealed class FieldList
{
    private ushort[] _items = new ushort[32];
    private int _count;

    /// <summary>The numbers.</summary>
    public ReadOnlySpan<ushort> Items => _items.AsSpan(0, _count);

    /// <summary>What was found in the whole message first, or null.</summary>
    public string? Keyword { get; set; }

    /// <summary>Empties it.</summary>
    public void Clear() => (_count, Keyword) = (0, null);

    /// <summary>Adds a number once.</summary>
    public void Add(ushort id)
    {
        if (id == 0 || Items.Contains(id)) return;
        if (_count == _items.Length) Array.Resize(ref _items, _count * 2);
        _items[_count++] = id;
    }
}

/// <summary>
/// Sigma strips blanks from field names ("Threat Name" becomes ThreatName) and names a Windows field without the element that wraps it in user data.
/// Maps a field's number to that of the name rules use, learning as names appear. Races are harmless: all writers write the same.
/// </summary>
internal sealed class FieldAliases
{
    private const string EventData = "winlog.event_data.";

    /// <summary>Number to number; 0 where the name has not been looked at.</summary>
    public ushort[] Table { get; } = new ushort[FieldNames.Capacity];

    /// <summary>Looks at a name.</summary>
    public ushort Learn(ushort id)
    {
        var name = FieldNames.Name(id).Replace(" ", "", StringComparison.Ordinal);
        var own = FieldNames.Find(name);
        if (own == 0) own = id;
        if (name.StartsWith(EventData, StringComparison.Ordinal) && name.LastIndexOf('.') is var dot && dot >= EventData.Length
            && FieldNames.Find(string.Concat(EventData, name.AsSpan(dot + 1))) is var inner and not 0) own = inner;
        Table[id] = own;
        return own;
    }
}
