using Juming.Site.Events;

namespace Juming.Site.Collection.Formats;

/// <summary>
/// Gives the records that follow a SYSCALL of auditd what it says of the process: the kernel writes one act as several records with one stamp and number, one
/// after the other. Looked for among the last events of the same batch only; a batch is cut seldom, and no worker holds lines back for the next one.
/// </summary>
internal static class AuditSyscall
{
    private const int MostBack = 48;

    private static readonly ushort Type = FieldNames.Intern("type");
    private static readonly ushort Stamp = FieldNames.Intern("msg");
    private static readonly ushort[] Carried = [Field.ProcessExecutable, Field.ProcessName, Field.ProcessPid, FieldNames.Intern("ppid"), FieldNames.Intern("uid"), FieldNames.Intern("auid"), FieldNames.Intern("ses"), FieldNames.Intern("key")];

    /// <summary>Adds to the event at hand what the SYSCALL record of its number and sender says, where that is near.</summary>
    public static void Carry(in EventWriter to)
    {
        var batch = to.Batch;
        var index = batch.Count - 1;
        if (!batch.TryGet(index, Stamp, out var stamp)) return;
        var source = batch.Events[index].SourceId;
        for (var back = 1; back <= MostBack && back <= index; back++)
        {
            var at = index - back;
            if (batch.Events[at].SourceId != source || !batch.TryGet(at, Stamp, out var other) || !other.SequenceEqual(stamp)) continue;
            if (!batch.TryGet(at, Type, out var type) || !type.SequenceEqual("SYSCALL"u8)) continue;
            foreach (var field in Carried)
                if (!batch.TryGet(index, field, out _) && batch.TryGet(at, field, out var value)) batch.Add(field, value.ToArray());
            return;
        }
    }
}
