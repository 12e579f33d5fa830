using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Juming.Site.Events.Store;

/// <summary>
/// Writes events to DuckDB in vectors of 2,048 rows, straight from the batch's arena: text never becomes UTF-16 on the way.
/// One instance belongs to the one writing connection.
/// </summary>
internal sealed unsafe class EventAppender : IDisposable
{
    /// <summary>Rows of one row group, a multiple of the vector: the unit that is compressed, and skipped by a search.</summary>
    public const int RowGroupRows = 40_960;

    private const int VectorRows = 2048;
    private const int FixedColumns = 8;
    private const int Id = 0, Sequence = 1, Time = 2, Received = 3, Source = 4, Line = 5, Flags = 6, Raw = 7;

    /// <summary>Separates entries of the column <c>more</c>; taken out of values.</summary>
    public const byte Separator = 0x1f;

    private readonly DuckDBDataChunk _chunk;
    private readonly int _columns;
    private readonly nint[] _vectors;
    private readonly nint[] _data;
    private readonly nint[] _validity;
    private readonly GramWriter _grams = new();
    private byte[] _more = new byte[4096];
    private Segment? _segment;
    private DuckDB.NET.Native.DuckDBAppender? _appender;

    public EventAppender()
    {
        var types = new List<DuckDBLogicalType>();
        foreach (var type in new[] { DuckDBType.Uuid, DuckDBType.BigInt, DuckDBType.Timestamp, DuckDBType.Timestamp, DuckDBType.Integer, DuckDBType.Integer, DuckDBType.Integer, DuckDBType.Varchar })
            types.Add(NativeMethods.LogicalType.DuckDBCreateLogicalType(type));
        foreach (var column in Columns.All) types.Add(NativeMethods.LogicalType.DuckDBCreateLogicalType(column.Kind == ColumnKind.Text ? DuckDBType.Varchar : DuckDBType.BigInt));
        types.Add(NativeMethods.LogicalType.DuckDBCreateLogicalType(DuckDBType.UnsignedInteger));
        types.Add(NativeMethods.LogicalType.DuckDBCreateLogicalType(DuckDBType.UnsignedInteger));
        types.Add(NativeMethods.LogicalType.DuckDBCreateLogicalType(DuckDBType.Varchar));
        _columns = types.Count;
        (_vectors, _data, _validity) = (new nint[_columns], new nint[_columns], new nint[_columns]);
        _chunk = NativeMethods.DataChunks.DuckDBCreateDataChunk([.. types.Select(t => t.DangerousGetHandle())], (ulong)_columns);
        foreach (var type in types) type.Dispose();
    }

    /// <summary>Columns of a new events table, in the appender's order.</summary>
    public static string TableColumns =>
        "id UUID, seq BIGINT, time TIMESTAMP, received TIMESTAMP, source INTEGER, line INTEGER, flags INTEGER, raw VARCHAR USING COMPRESSION zstd, " +
        string.Join(", ", Columns.All.Select(c => $"\"{c.Name}\" {TypeOf(c)}")) + ", source_ip4 UINTEGER, destination_ip4 UINTEGER, more VARCHAR USING COMPRESSION zstd";

    // Naming the method spares DuckDB from trying them all on every column: text that hardly repeats, then text that does.
    private static string TypeOf(Column column) => column switch
    {
        { Kind: ColumnKind.Long } => "BIGINT",
        { Field: "message" or "url.original" or "url.query" or "process.command_line" or "process.parent.command_line" } => "VARCHAR USING COMPRESSION zstd",
        _ => "VARCHAR USING COMPRESSION dict_fsst",
    };

    private int SourceIp4 => _columns - 3;
    private int DestinationIp4 => _columns - 2;
    private int More => _columns - 1;

    /// <summary>A transaction of so many rows for a segment follows.</summary>
    public void Begin(Segment segment, int rows)
    {
        _segment = segment;
        // A row's id is its place in the table: nothing is ever deleted from it, and only this writer adds.
        if (segment.HasGrams) _grams.Begin(segment, segment.Rows, isWhole: rows >= RowGroupRows);
    }

    /// <summary>Hands the events of a batch to DuckDB inside the connection's transaction; <see cref="Finish"/> ends what several calls began.</summary>
    /// <exception cref="IOException">DuckDB refused.</exception>
    public void Append(DuckDBConnection connection, Segment segment, EventBatch batch)
    {
        if (batch.Count == 0) return;
        if (_appender is null && NativeMethods.Appender.DuckDBAppenderCreateExt(connection.NativeConnection, segment.Alias, "main", "events", out _appender) != DuckDBState.Success)
            throw Failed("The event store's table can't be opened for writing");
        for (var first = 0; first < batch.Count; first += VectorRows)
        {
            var rows = Math.Min(VectorRows, batch.Count - first);
            Fill(segment, batch, first, rows);
            NativeMethods.DataChunks.DuckDBDataChunkSetSize(_chunk, (ulong)rows);
            if (NativeMethods.Appender.DuckDBAppendDataChunk(_appender, _chunk) != DuckDBState.Success) throw Failed("The event store refused rows");
        }
    }

    /// <summary>Makes all rows part of the transaction.</summary>
    /// <exception cref="IOException">DuckDB refused.</exception>
    public void Finish(DuckDBConnection connection)
    {
        if (_appender is null) return;
        if (NativeMethods.Appender.DuckDBAppenderFlush(_appender) != DuckDBState.Success) throw Failed("The event store could not write rows");
        if (NativeMethods.Appender.DuckDBAppenderClose(_appender) != DuckDBState.Success) throw Failed("The event store could not finish writing rows");
        Close();
        WriteGrams(connection);
    }

    private void WriteGrams(DuckDBConnection connection)
    {
        var blocks = _grams.Take();
        if (blocks.Count == 0) return;
        using var table = connection.CreateAppender(_segment!.Alias, "main", "grams");
        foreach (var block in blocks)
            table.CreateRow().AppendValue(block.First).AppendValue(block.Rows).AppendValue(block.Span.MinTime).AppendValue(block.Span.MaxTime)
                .AppendValue(block.Span.MinReceived).AppendValue(block.Span.MaxReceived).AppendValue(block.Bits).EndRow();
    }

    private IOException Failed(string what)
    {
        if (_appender is null) return new IOException(what + ".");
        using var error = NativeMethods.Appender.DuckDBAppenderErrorData(_appender);
        return new IOException($"{what}: {NativeMethods.ErrorData.DuckDBErrorDataMessage(error)}");
    }

    /// <summary>Forgets what was handed over since the last <see cref="Begin"/>.</summary>
    public void Abandon()
    {
        _grams.Abandon();
        Close();
    }

    private void Close()
    {
        _appender?.Dispose();
        _appender = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Close();
        _chunk.Dispose();
    }

    private void Fill(Segment segment, EventBatch batch, int first, int rows)
    {
        NativeMethods.DataChunks.DuckDBDataChunkReset(_chunk);
        for (var c = 0; c < _columns; c++)
        {
            _vectors[c] = NativeMethods.DataChunks.DuckDBDataChunkGetVector(_chunk, c);
            _data[c] = (nint)NativeMethods.Vectors.DuckDBVectorGetData(_vectors[c]);
            if (c < FixedColumns) continue;
            NativeMethods.Vectors.DuckDBVectorEnsureValidityWritable(_vectors[c]);
            _validity[c] = (nint)NativeMethods.Vectors.DuckDBVectorGetValidity(_vectors[c]);
            new Span<ulong>((void*)_validity[c], VectorRows / 64).Clear();
        }
        fixed (byte* arena = batch.ArenaBuffer)
            for (var row = 0; row < rows; row++)
            {
                var marks = FillRow(segment, batch, first + row, row, arena);
                if (marks == 0) continue;
                ((int*)_data[Flags])[row] |= marks;
                segment.Beside |= marks;
            }
    }

    /// <summary>Fills a row; the marks of the columns that have further values beside them.</summary>
    private int FillRow(Segment segment, EventBatch batch, int index, int row, byte* arena)
    {
        ref readonly var header = ref batch.Events[index];
        ((Int128*)_data[Id])[row] = Uuid(header.Id);
        ((long*)_data[Sequence])[row] = batch.Sequence;
        ((long*)_data[Time])[row] = header.Time;
        ((long*)_data[Received])[row] = header.Received;
        ((int*)_data[Source])[row] = header.SourceId;
        ((int*)_data[Line])[row] = header.Line;
        ((int*)_data[Flags])[row] = (int)header.Flags;
        var line = Assign(Raw, row, arena + header.RawOffset, header.RawLength);
        if (segment.HasGrams) _grams.Add(line, header.Time, header.Received);
        var (more, marks) = (0, 0);
        foreach (ref readonly var field in batch.FieldsOf(index))
        {
            var column = Columns.Of(field.Id);
            var value = new ReadOnlySpan<byte>(arena + field.Offset, field.Length);
            if (column < 0 || IsSet(FixedColumns + column, row))
            {
                // A second value of a field that has a column goes on beside it.
                if (column >= 0) marks |= Columns.Mark(Columns.All[column]);
                if (field.Id != Field.EventOriginal) more = AddMore(more, FieldNames.Name(field.Id), value);
                continue;
            }
            if (Columns.All[column].Kind == ColumnKind.Long)
            {
                if (Utf8Parser.TryParse(value, out long number, out var used) && used == value.Length)
                {
                    ((long*)_data[FixedColumns + column])[row] = number;
                    SetValid(FixedColumns + column, row);
                }
                else
                {
                    marks |= Columns.Mark(Columns.All[column]);
                    more = AddMore(more, FieldNames.Name(field.Id), value);
                }
                continue;
            }
            // The message is most often the raw line itself, or its end: stored once.
            if (field.Id == Field.Message && field.Offset >= header.RawOffset && field.Offset + field.Length == header.RawOffset + header.RawLength) continue;
            Assign(FixedColumns + column, row, arena + field.Offset, field.Length);
            SetValid(FixedColumns + column, row);
            if (field.Id == Field.SourceIp) SetAddress(SourceIp4, row, value);
            else if (field.Id == Field.DestinationIp) SetAddress(DestinationIp4, row, value);
        }
        if (more == 0) return marks;
        _more[more++] = Separator;
        fixed (byte* text = _more) Assign(More, row, text, more);
        SetValid(More, row);
        return marks;
    }

    private void SetAddress(int column, int row, ReadOnlySpan<byte> value)
    {
        if (!Address.TryParseAnyV4(value, out var address)) return;
        ((uint*)_data[column])[row] = address;
        SetValid(column, row);
    }

    private int AddMore(int at, string name, ReadOnlySpan<byte> value)
    {
        var needed = at + (name.Length * 3) + value.Length + 3;
        if (needed > _more.Length) Array.Resize(ref _more, Math.Max(needed, _more.Length * 2));
        _more[at++] = Separator;
        at += Encoding.UTF8.GetBytes(name, _more.AsSpan(at));
        _more[at++] = (byte)'=';
        value.CopyTo(_more.AsSpan(at));
        _more.AsSpan(at, value.Length).Replace(Separator, (byte)' ');
        return at + value.Length;
    }

    /// <summary>Puts a text into a row; the bytes that the database got.</summary>
    private ReadOnlySpan<byte> Assign(int column, int row, byte* text, int length)
    {
        var given = new ReadOnlySpan<byte>(text, length);
        // The database must never see broken UTF-8; what can't be read is replaced, the flag of the event says so.
        if (!Utf8.IsValid(given)) given = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(text, length));
        fixed (byte* bytes = given) NativeMethods.Vectors.DuckDBUnsafeVectorAssignStringElementLength(_vectors[column], (ulong)row, bytes, given.Length);
        return given;
    }

    private bool IsSet(int column, int row) => (((ulong*)_validity[column])[row >> 6] & (1UL << (row & 63))) != 0;

    private void SetValid(int column, int row) => ((ulong*)_validity[column])[row >> 6] |= 1UL << (row & 63);

    /// <summary>DuckDB keeps a UUID as a signed 128-bit number whose first bit is turned, so that it sorts as text does.</summary>
    private static Int128 Uuid(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return (Int128)(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes) ^ (UInt128.One << 127));
    }
}
