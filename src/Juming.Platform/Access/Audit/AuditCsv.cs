using System.Globalization;
using System.Text;
using Juming.Platform.Handlers;
using Juming.Platform.Web;

namespace Juming.Platform.Access.Audit;

/// <summary>The audit trail as a file for people: every entry that fits, newest first, no cell a formula.</summary>
internal static class AuditCsv
{
    private static readonly string[] Head = ["seq", "at", "action", "actor_kind", "actor", "address", "outcome", "arguments", "hash"];

    /// <summary>Writes the first page and asks for the others; what is added meanwhile has higher numbers and does not come in twice.</summary>
    public static async Task Write(Stream stream, Sender sender, SearchAudit search, IReadOnlyList<AuditLine> page, CancellationToken ct)
    {
        await using var text = new StreamWriter(stream, new UTF8Encoding(true), 64 * 1024, leaveOpen: true) { NewLine = "\r\n" };
        await text.WriteLineAsync(Line(Head), ct);
        while (true)
        {
            foreach (var a in page)
                await text.WriteLineAsync(Line([a.Seq.ToString(CultureInfo.InvariantCulture), a.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), a.Action, a.ActorKind, a.ActorName, a.Address, a.Outcome, a.Arguments, a.Hash]), ct);
            if (page.Count < search.Limit) return;
            search = search with { Before = page[^1].Seq };
            var next = await sender.Send(search, ct);
            // The answer has begun: breaking it off is the only way to say that it is not complete.
            if (next.Error is { } error) throw new IOException(error.ToString());
            page = next.Value;
        }
    }

    private static StringBuilder Line(IReadOnlyList<string?> cells)
    {
        var line = new StringBuilder();
        foreach (var cell in cells) line.AppendCell(cell);
        return line;
    }
}
