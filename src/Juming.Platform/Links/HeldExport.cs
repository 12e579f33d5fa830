using Juming.Platform.Handlers;

namespace Juming.Platform.Links;

/// <summary>Days that are held of a ledger as the file that <c>juming egress check --held</c> reads, one JSON object a line.</summary>
public static class HeldExport
{
    /// <summary>Rows asked for at a time.</summary>
    public const int Rows = 500;

    /// <summary>Writes the first page, which is there already, and those that follow.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="page">The first page.</param>
    /// <param name="next">Asks for the page after so many days.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="IOException">A page was refused after the answer had begun: breaking it off is the only way to say that it is not complete.</exception>
    public static async Task Write(Stream stream, HeldDays page, Func<int, Task<Result<HeldDays>>> next, CancellationToken ct)
    {
        await using var text = new StreamWriter(stream, leaveOpen: true) { NewLine = "\n" };
        for (var skip = Rows; ; skip += Rows)
        {
            foreach (var day in page.Items) await text.WriteLineAsync(day.ToLine().AsMemory(), ct);
            if (page.Items.Count < Rows) return;
            var following = await next(skip);
            if (following.Error is { } error) throw new IOException(error.ToString());
            page = following.Value;
        }
    }
}
