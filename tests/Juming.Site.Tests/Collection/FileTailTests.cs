using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Juming.Site.Collection.ListSources;
using Juming.Site.Collection.Pipeline;
using Juming.Site.Collection.Receivers;
using Juming.Site.Events;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Site.Tests.Collection;

/// <summary>Files as rotation leaves them: renamed, emptied in place, packed, deleted.</summary>
[Category("S2")]
[CancelAfter(120_000)]
public sealed class FileTailTests
{
    [Test]
    public async Task A_renamed_file_is_read_to_its_last_line_and_its_new_name_brings_nothing_twice()
    {
        using var folder = new TestFolder();
        var path = folder.File("eve.json");
        await File.WriteAllTextAsync(path, Lines("a", 50));
        await using var bench = await Start(folder, "eve.json*");
        Assert.That(await bench.Stored(50), Is.EqualTo(50));
        File.Move(path, path + ".1");
        await File.AppendAllTextAsync(path + ".1", Lines("late", 5) + "line without an end");
        await File.WriteAllTextAsync(path, Lines("b", 20));
        Assert.That(await bench.Stored(76), Is.EqualTo(76));
        await Task.Delay(3000);
        var lines = await bench.Lines();
        Assert.That(lines, Has.Count.EqualTo(76).And.Contain("line without an end"));
        Assert.That(lines.Distinct().Count(), Is.EqualTo(76));
        Assert.That((await bench.Ledger()).Imbalance, Is.Zero);
    }

    [Test]
    public async Task A_file_renamed_while_the_site_was_down_goes_on_where_it_was()
    {
        using var folder = new TestFolder();
        using var data = new TestFolder();
        var path = folder.File("app.log");
        await File.WriteAllTextAsync(path, Lines("a", 30));
        await using (var first = await Start(folder, "app.log*", data.Path)) Assert.That(await first.Stored(30), Is.EqualTo(30));
        await File.AppendAllTextAsync(path, Lines("unread", 4));
        File.Move(path, path + ".1");
        await File.WriteAllTextAsync(path, Lines("b", 10));
        await using var second = await Start(folder, "app.log*", data.Path);
        Assert.That(await second.Stored(14), Is.EqualTo(14));
        await Task.Delay(1000);
        Assert.That(await second.Lines(), Has.Count.EqualTo(44));
    }

    [Test]
    public async Task A_file_that_was_emptied_in_place_is_read_anew()
    {
        using var folder = new TestFolder();
        var path = folder.File("app.log");
        await File.WriteAllTextAsync(path, Lines("a", 30));
        await using var bench = await Start(folder, "app.log");
        Assert.That(await bench.Stored(30), Is.EqualTo(30));
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(0);
            await file.WriteAsync(Encoding.UTF8.GetBytes(Lines("b", 3)));
        }
        Assert.That(await bench.Stored(33), Is.EqualTo(33));
    }

    [Test]
    public async Task Packed_files_are_passed_over_and_the_register_says_so()
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder.File("eve.json"), Lines("a", 3));
        await using (var packed = new GZipStream(File.Create(folder.File("eve.json.2.gz")), CompressionLevel.Fastest)) await packed.WriteAsync(Encoding.UTF8.GetBytes(Lines("old", 50)));
        File.Copy(folder.File("eve.json.2.gz"), folder.File("eve.json-without-ending"));
        await using var bench = await Start(folder, "eve.json*");
        Assert.That(await bench.Stored(3), Is.EqualTo(3));
        await Task.Delay(1500);
        Assert.That(bench.Book.StoredLines, Is.EqualTo(3));
        Assert.That((await bench.Site.Send(new ListSources())).Value.Items.Single(s => s.Key.EndsWith('*')).PackedFiles, Is.EqualTo(2));
    }

    [Test]
    public async Task A_deleted_file_is_no_longer_followed()
    {
        using var folder = new TestFolder();
        var path = folder.File("app.log");
        await File.WriteAllTextAsync(path, Lines("a", 3) + "the end");
        await using var bench = await Start(folder, "*.log");
        Assert.That(await bench.Stored(3), Is.EqualTo(3));
        File.Delete(path);
        Assert.That(await bench.Stored(4), Is.EqualTo(4));
        var watch = bench.Site.Services.GetRequiredService<FileWatch>();
        Assert.That(await bench.Until(() => watch.Following == 0), Is.True);
    }

    [Test]
    public async Task A_position_that_an_earlier_version_kept_by_path_is_honoured()
    {
        using var folder = new TestFolder();
        using var data = new TestFolder();
        var path = folder.File("app.log");
        await File.WriteAllTextAsync(path, Lines("a", 30));
        await using (var first = await Start(folder, "nothing", data.Path))
        {
            var head = (await File.ReadAllBytesAsync(path))[..256];
            var commit = new BatchCommit();
            commit.Marks.Add(("tail:" + path, string.Create(CultureInfo.InvariantCulture, $"{{\"Offset\":{new FileInfo(path).Length},\"HeadHash\":{BitConverter.ToInt64(SHA256.HashData(head))},\"HeadLength\":256}}"), null));
            await first.Site.Services.GetRequiredService<IEventStore>().Append(new EventBatch(1), commit, CancellationToken.None);
        }
        await File.AppendAllTextAsync(path, Lines("new", 2));
        await using var bench = await Start(folder, "app.log", data.Path);
        Assert.That(await bench.Stored(2), Is.EqualTo(2));
        await Task.Delay(1000);
        Assert.That(bench.Book.StoredLines, Is.EqualTo(2));
    }

    [Test]
    public async Task Lines_of_a_muted_file_are_counted_and_not_stored()
    {
        using var folder = new TestFolder();
        var path = folder.File("app.log");
        await File.WriteAllTextAsync(path, Lines("a", 3));
        await using var bench = await Start(folder, "app.log");
        Assert.That(await bench.Stored(3), Is.EqualTo(3));
        var source = (await bench.Site.Send(new ListSources())).Value.Items.Single();
        Assert.That((await bench.Site.Send(new Juming.Site.Collection.ChangeSource.ChangeSource(source.Id, "quiet", true, null, null, null))).Succeeded, Is.True);
        await File.AppendAllTextAsync(path, Lines("b", 7));
        Assert.That(await bench.Until(() => bench.Book.Totals.GetValueOrDefault(LedgerReasons.Muted) == 7), Is.True);
        var ledger = await bench.Ledger();
        Assert.That((ledger.Received, ledger.Stored, ledger.Dropped[LedgerReasons.Muted], ledger.Imbalance), Is.EqualTo((10L, 3L, 7L, 0L)));
    }

    [Test]
    public async Task A_stack_trace_is_one_event_and_counted_as_one()
    {
        using var folder = new TestFolder();
        var path = folder.File("app.log");
        const string Trace = "2026-11-27 10:00:01 ERROR Order failed\njava.lang.IllegalStateException: no stock\n\tat shop.Order.place(Order.java:41)\n\tat shop.Web.post(Web.java:7)\nCaused by: java.sql.SQLException: gone\n\t... 2 more\nat the end\n";
        await File.WriteAllTextAsync(path, "2026-11-27 10:00:00 INFO Order 1\n" + Trace + "2026-11-27 10:00:02 INFO Order 2\r\n");
        await using var bench = await Joined(folder, "app.log");
        Assert.That(await bench.Stored(4), Is.EqualTo(4));
        var lines = await bench.Lines();
        Assert.That(lines, Is.EqualTo(new[]
        {
            "2026-11-27 10:00:00 INFO Order 1", "2026-11-27 10:00:01 ERROR Order failed", Trace[(Trace.IndexOf('\n', StringComparison.Ordinal) + 1)..^1], "2026-11-27 10:00:02 INFO Order 2",
        }), "the exception's own line is no continuation by the usual rule");
        var ledger = await bench.Ledger();
        Assert.That((ledger.Received, ledger.Stored, ledger.Imbalance), Is.EqualTo((4L, 4L, 0L)));
    }

    [Test]
    public async Task With_a_pattern_of_first_lines_all_others_go_on()
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder.File("app.log"), "2026-11-27 ERROR a\njava.lang.X: b\n\n  at c\nplain\n2026-11-27 INFO d\n");
        await using var bench = await Joined(folder, "app.log first=^\\d{4}-\\d\\d-\\d\\d ");
        Assert.That(await bench.Stored(2), Is.EqualTo(2));
        Assert.That(await bench.Lines(), Is.EqualTo(new[] { "2026-11-27 ERROR a\njava.lang.X: b\n\n  at c\nplain", "2026-11-27 INFO d" }));
    }

    [Test]
    public async Task An_event_is_bounded_and_a_file_of_continuations_only_does_not_stall()
    {
        using var folder = new TestFolder();
        await File.WriteAllTextAsync(folder.File("app.log"), "first\n" + string.Concat(Enumerable.Range(0, 1200).Select(i => $"\tline {i}\n")) + "\t" + new string('x', 70_000) + "\nend\n");
        await using var bench = await Joined(folder, "app.log");
        Assert.That(await bench.Stored(5), Is.EqualTo(5));
        var lines = await bench.Lines();
        Assert.That(lines.Take(3).Select(l => l.Split('\n').Length), Is.EqualTo(new[] { 500, 500, 201 }));
        Assert.That(lines[3], Has.Length.EqualTo(64 * 1024).And.StartsWith("\txxx"), "a line that is too long is cut and stands alone");
        Assert.That(lines[4], Is.EqualTo("end"));
        Assert.That((await bench.Ledger()).Imbalance, Is.Zero);
    }

    [Test]
    public async Task A_trace_whose_end_comes_after_a_stop_or_a_rotation_is_one_event_all_the_same()
    {
        using var folder = new TestFolder();
        using var data = new TestFolder();
        var path = folder.File("app.log");
        await File.WriteAllTextAsync(path, "one\ntwo\n");
        await using (var first = await Joined(folder, "app.log*", data.Path))
        {
            Assert.That(await first.Stored(2), Is.EqualTo(2));
            // Fresh lines whose end is not known: the stop comes before the wait is over, and they are read again.
            await File.AppendAllTextAsync(path, "trace\n\tat a\n");
            await Task.Delay(300);
        }
        await File.AppendAllTextAsync(path, "\tat b\nCaused by c\n");
        await using var second = await Joined(folder, "app.log*", data.Path);
        Assert.That(await second.Stored(1), Is.EqualTo(1));
        await File.AppendAllTextAsync(path, "rotated\n\tat d\n");
        File.Move(path, path + ".1");
        await File.AppendAllTextAsync(path + ".1", "\tat e");
        await File.WriteAllTextAsync(path, "new\n");
        Assert.That(await second.Until(() => second.Book.StoredLines >= 3), Is.True);
        await Task.Delay(2500);
        var lines = await second.Lines();
        Assert.That(lines, Is.SupersetOf(new[] { "one", "two", "trace\n\tat a\n\tat b\nCaused by c", "new" }));
        Assert.That(string.Join('\n', lines.Where(l => l.Contains("rotated", StringComparison.Ordinal) || l.Contains("at e", StringComparison.Ordinal))), Is.EqualTo("rotated\n\tat d\n\tat e"));
        Assert.That((await second.Ledger()).Imbalance, Is.Zero);
    }

    [Test]
    public async Task A_trace_that_is_written_slowly_is_waited_for_no_longer_than_it_pauses()
    {
        using var folder = new TestFolder();
        var path = folder.File("app.log");
        await File.WriteAllTextAsync(path, "slow\n");
        await using var bench = await Joined(folder, "app.log");
        Assert.That(await bench.Stored(1), Is.EqualTo(1), "no next line is needed");
        await File.AppendAllTextAsync(path, "\tlate\n");
        Assert.That(await bench.Stored(2), Is.EqualTo(2));
        Assert.That(await bench.Lines(), Is.EqualTo(new[] { "slow", "\tlate" }));
    }

    private static Task<CollectionBench> Joined(TestFolder folder, string entry, string? data = null) => CollectionBench.Start(data, s =>
    {
        (s.Tcp, s.JoinedFiles, s.RotatedFileSeconds) = ([], [folder.File(entry)], 1);
    });

    private static Task<CollectionBench> Start(TestFolder folder, string pattern, string? data = null) => CollectionBench.Start(data, s =>
    {
        (s.Tcp, s.Files, s.RotatedFileSeconds) = ([], [folder.File(pattern)], 1);
    });

    private static string Lines(string kind, int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"{kind} line number {i} of a file that is followed\n"));
}
