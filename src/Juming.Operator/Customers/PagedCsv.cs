using System.Globalization;
using System.Text;
using Juming.Platform.Handlers;

namespace Juming.Operator.Customers;

/// <summary>Writes all that a list holds as CSV, as many rows at a time as one page has at most.</summary>
internal static class PagedCsv
{
    /// <summary>Rows of a page.</summary>
    public const int Rows = 500;

    /// <summary>Writes the first page, which is there already, and those that follow.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="head">Names of the columns.</param>
    /// <param name="page">The first page.</param>
    /// <param name="total">How many rows there are, as a page says.</param>
    /// <param name="lines">Rows of a page.</param>
    /// <param name="next">Asks for the page after so many rows.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="IOException">A page was refused after the answer had begun: breaking it off is the only way to say that it is not complete.</exception>
    public static async Task Write<TPage>(Stream stream, string head, TPage page, Func<TPage, int> total, Func<TPage, IEnumerable<StringBuilder>> lines, Func<int, Task<Result<TPage>>> next, CancellationToken ct)
    {
        // Spreadsheets take a file without the mark for the local charset.
        await using var text = new StreamWriter(stream, new UTF8Encoding(true), 64 * 1024, leaveOpen: true) { NewLine = "\r\n" };
        await text.WriteLineAsync(head);
        for (var skip = Rows; ; skip += Rows)
        {
            foreach (var line in lines(page)) await text.WriteLineAsync(line, ct);
            if (skip >= total(page)) return;
            var following = await next(skip);
            if (following.Error is { } error) throw new IOException(error.ToString());
            page = following.Value;
        }
    }

    /// <summary>A point in time as such files have it; empty for none.</summary>
    public static string Instant(DateTimeOffset? at) => at?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) ?? "";
}
