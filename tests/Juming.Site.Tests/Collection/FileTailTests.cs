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

    private static Task<CollectionBench> Start(TestFolder folder, string pattern, string? data = null) => CollectionBench.Start(data, s =>
    {
        (s.Tcp, s.Files, s.RotatedFileSeconds) = ([], [folder.File(pattern)], 1);
    });

    private static string Lines(string kind, int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"{kind} line number {i} of a file that is followed\n"));
}
