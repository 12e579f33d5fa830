namespace Juming.Site.Events.Store;

/// <summary>How a column is stored.</summary>
internal enum ColumnKind
{
    Text,
    Long,
}

/// <summary>A field with a column of its own; all others share the column <c>more</c>.</summary>
internal sealed record Column(string Field, string Name, ColumnKind Kind, ushort Id);

/// <summary>
/// The field schema. Columns are only ever added, at the end; a segment made by an older release lacks the newer ones and reads them as null.
/// </summary>
internal static class Columns
{
    /// <summary>Version of the list; goes up with each column added.</summary>
    public const int Version = 1;

    private const string TextFields =
        "message event.kind event.category event.type event.action event.outcome event.code event.dataset event.module event.provider event.reason " +
        "source.ip source.mac source.domain destination.ip destination.mac destination.domain network.transport network.protocol network.direction network.application " +
        "host.name observer.vendor observer.product observer.type observer.name user.name user.domain user.target.name " +
        "process.executable process.command_line process.parent.executable process.parent.command_line process.name file.path file.name file.hash.sha256 file.hash.md5 " +
        "registry.path dns.question.name dns.question.type url.original url.path url.query url.domain http.request.method http.request.referrer user_agent.original " +
        "rule.id rule.name rule.category threat.technique.id log.syslog.appname log.level winlog.channel winlog.provider_name winlog.computer_name " +
        "jm.parser jm.attack_result jm.attacker.ip jm.victim.ip";

    private const string LongFields =
        "source.port destination.port source.bytes destination.bytes process.pid http.response.status_code http.response.bytes event.severity log.syslog.priority";

    /// <summary>Columns in the order of the table, after the fixed ones.</summary>
    public static readonly IReadOnlyList<Column> All =
    [
        .. TextFields.Split(' ').Select(f => New(f, ColumnKind.Text)),
        .. LongFields.Split(' ').Select(f => New(f, ColumnKind.Long)),
    ];

    /// <summary>The first mark; flags of the event itself are smaller.</summary>
    public const int FirstMark = 1 << 16;

    private const int MarkCount = 15;

    private static readonly short[] ByField = Index();

    /// <summary>Place of a field's column in <see cref="All"/>, or -1.</summary>
    public static int Of(ushort field) => field < ByField.Length ? ByField[field] : -1;

    /// <summary>
    /// The bit of a stored event's flags that says: this column, or one that shares the bit, has further values in <c>more</c>. There are fewer
    /// bits than columns; a search that looks in vain costs a little time and finds nothing wrong.
    /// </summary>
    public static int Mark(Column column) => FirstMark << (Of(column.Id) % MarkCount);

    /// <summary>The column of a field by name, or null.</summary>
    public static Column? Find(string field) => All.FirstOrDefault(c => c.Field == field);

    private static Column New(string field, ColumnKind kind) => new(field, field.Replace('.', '_'), kind, FieldNames.Intern(field));

    private static short[] Index()
    {
        var index = new short[FieldNames.Capacity];
        Array.Fill(index, (short)-1);
        for (var i = 0; i < All.Count; i++) index[All[i].Id] = (short)i;
        return index;
    }
}
