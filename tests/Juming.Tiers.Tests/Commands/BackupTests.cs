using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Juming.Platform.Access.Audit;
using Juming.Platform.Access.Users;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Commands;

using TestDatabases = Databases.TestDatabases;

/// <summary><c>juming backup</c> and <c>juming restore</c>: there and back, of a stopped and a running tier, on both databases, and files that somebody has changed.</summary>
[TestFixture(TestDatabases.Sqlite)]
[TestFixture(TestDatabases.Postgres)]
[Category("X5")]
[NonParallelizable]
internal sealed class BackupTests(string database)
{
    private string _folder = "";
    private string _data = "";
    private string _file = "";

    [SetUp]
    public void Make()
    {
        _folder = Cli.Folder();
        _data = Path.Combine(_folder, "data");
        _file = Path.Combine(_folder, "b.tgz");
    }

    [TearDown]
    public void Clean() => Directory.Delete(_folder, true);

    [TestCase("site")]
    [TestCase("operator")]
    public async Task A_stopped_tier_comes_back_whole(string name)
    {
        var settings = await TestDatabases.MakeFor(name, database);
        await using (var tier = await RunningTier.Start(name, _data, settings)) await Fill(tier);
        var made = Verb("backup", name, _data, settings, _file);
        Assert.That(made.Code, Is.Zero, made.Error);
        Assert.Multiple(() =>
        {
            Assert.That(made.Json.GetProperty("tier").GetString(), Is.EqualTo(name));
            Assert.That(made.Json.GetProperty("database").GetString(), Is.EqualTo(database == TestDatabases.Postgres ? "postgres" : "sqlite"));
            Assert.That(made.Json.GetProperty("files").GetInt32(), Is.GreaterThan(3));
            Assert.That(Cli.ModeOf(_file), Is.EqualTo("600"));
            Assert.That(Directory.GetDirectories(_data, "copy-*"), Is.Empty);
        });
        await Restored(name, settings, events: 8);
    }

    [TestCase("site")]
    [TestCase("cloud")]
    public async Task A_running_tier_is_copied_through_its_socket(string name)
    {
        var settings = await TestDatabases.MakeFor(name, database);
        await using (var tier = await RunningTier.Start(name, _data, settings))
        {
            await Fill(tier);
            // The program holds the folder itself; a tier in this process does not.
            using var held = Hosting.DataFolderLock.TryTake(_data);
            var made = Verb("backup", name, _data, settings, _file, "--no-events");
            Assert.That(made.Code, Is.Zero, made.Error);
            Assert.That(made.Json.GetProperty("events").GetBoolean(), Is.False);
            Assert.That(Directory.GetDirectories(_data, "copy-*"), Is.Empty);
            Assert.That((await tier.Send(new AddUser("afterwards", []))).Succeeded, Is.True);
        }
        await Restored(name, settings, events: 0);
    }

    [Test]
    public async Task A_running_sites_events_come_along_as_far_as_they_were_stored_when_it_began()
    {
        var settings = await TestDatabases.MakeFor("site", database);
        await using (var tier = await RunningTier.Start("site", _data, settings))
        {
            await Fill(tier);
            using var held = Hosting.DataFolderLock.TryTake(_data);
            var made = Verb("backup", "site", _data, settings, _file);
            Assert.That(made.Code, Is.Zero, made.Error);
            Assert.That(made.Json.GetProperty("events").GetBoolean(), Is.True);
            await Store(tier, "later");
            Assert.That((await tier.Send(new AddUser("afterwards", []))).Succeeded, Is.True);
            Assert.That(await Found(tier, "h0"), Is.True, "the site goes on with what it has");
            Assert.That(Verb("backup", "site", _data, settings, Path.Combine(_folder, "again.tgz")).Code, Is.Zero);
        }
        await Restored("site", settings, events: 8);
        await using var back = await RunningTier.Start("site", Path.Combine(_folder, "restored"), _restoredInto);
        Assert.That(await Found(back, "later"), Is.False);
        await Store(back, "anew");
        Assert.That(await Found(back, "anew"), Is.True, "and it is written on");
        Assert.That(await Found(back, "h7"), Is.True);
    }

    private Dictionary<string, string?> _restoredInto = [];

    private static async Task Store(RunningTier tier, string host)
    {
        using var sender = await tier.WithToken("collection.send");
        using var answer = await sender.PostAsync("/api/collection/events", new StringContent($"{{\"host.name\":\"{host}\"}}"));
        Assert.That(answer.IsSuccessStatusCode, Is.True);
    }

    private static async Task<bool> Found(RunningTier tier, string host)
    {
        using var reader = await tier.WithToken("events.read");
        return (await reader.GetStringAsync("/api/events/search?query=" + Uri.EscapeDataString("host.name:" + host))).Contains($"\"{host}\"", StringComparison.Ordinal);
    }

    [Test]
    public async Task What_does_not_fit_is_refused_and_leaves_nothing()
    {
        var settings = await TestDatabases.MakeFor("cloud", database);
        await using (var tier = await RunningTier.Start("cloud", _data, settings)) await Fill(tier);
        Assert.That(Verb("backup", "cloud", _data, settings, _file).Code, Is.Zero);
        var target = Path.Combine(_folder, "target");
        var elsewhere = await TestDatabases.MakeFor("operator", database);
        Assert.That(Verb("restore", "operator", target, elsewhere, _file).Code, Is.EqualTo(4), "another tier");
        var other = await TestDatabases.MakeFor("cloud", database == TestDatabases.Postgres ? TestDatabases.Sqlite : TestDatabases.Postgres);
        Assert.That(Verb("restore", "cloud", target, other, _file).Code, Is.EqualTo(4), "another kind of database");
        Assert.That(Verb("restore", "cloud", _data, settings, _file).Code, Is.EqualTo(4), "a folder that is in use");
        Assert.That(Verb("backup", "cloud", Path.Combine(_folder, "none"), settings, _file).Code, Is.EqualTo(3), "no such folder");
        if (database == TestDatabases.Postgres) Assert.That(Verb("restore", "cloud", target, settings, _file).Code, Is.EqualTo(4), "a database that is in use");
        Assert.That(Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName), Is.EquivalentTo(new[] { "data", "b.tgz" }));
    }

    [Test]
    public async Task A_damaged_backup_leaves_nothing_and_a_good_one_goes_in_afterwards()
    {
        var settings = await TestDatabases.MakeFor("cloud", database);
        await using (var tier = await RunningTier.Start("cloud", _data, settings)) await Fill(tier);
        Assert.That(Verb("backup", "cloud", _data, settings, _file).Code, Is.Zero);
        var good = await File.ReadAllBytesAsync(_file);
        var target = Path.Combine(_folder, "target");
        var fresh = await TestDatabases.MakeFor("cloud", database);
        var plain = Unpacked(good);
        var broken = Path.Combine(_folder, "broken.tgz");
        var entry = database == TestDatabases.Postgres ? "database/access_user.copy" : "juming.db";
        var damaged = new (string What, byte[] Bytes)[]
        {
            ("empty", []),
            ("no gzip", "nothing of the kind"u8.ToArray()),
            ("half", good[..(good.Length / 2)]),
            ("without its last bytes", good[..^5]),
            ("cut between two entries", Packed(plain[..(1024 + (plain.AsSpan().IndexOf(Encoding.ASCII.GetBytes(entry)) / 512 * 512) - 1024)])),
            ("a flipped byte", Flipped(good)),
        };
        foreach (var (what, bytes) in damaged)
        {
            await File.WriteAllBytesAsync(broken, bytes);
            var run = Verb("restore", "cloud", target, fresh, broken);
            Assert.That(run.Code, Is.EqualTo(3), what + ": " + run.Error);
            Assert.That(run.Error, Does.Not.Contain("   at "), what);
            Assert.That(Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName), Is.EquivalentTo(new[] { "data", "b.tgz", "broken.tgz" }), what);
        }
        var back = Verb("restore", "cloud", target, fresh, _file);
        Assert.That(back.Code, Is.Zero, back.Error);
    }

    private static async Task Fill(RunningTier tier)
    {
        Assert.That((await tier.Send(new AddUser("李娜", ["Analyst"]))).Succeeded, Is.True);
        if (tier.Services.GetService(typeof(Site.Collection.CollectionSettings)) is null) return;
        using var sender = await tier.WithToken("collection.send");
        using var answer = await sender.PostAsync("/api/collection/events", new StringContent(string.Join('\n', Enumerable.Range(0, 8).Select(i => $"{{\"host.name\":\"h{i}\"}}"))));
        Assert.That(answer.IsSuccessStatusCode, Is.True);
    }

    private async Task Restored(string name, Dictionary<string, string?> from, int events)
    {
        var target = Path.Combine(_folder, "restored");
        var settings = _restoredInto = await TestDatabases.MakeFor(name, database);
        var back = Verb("restore", name, target, settings, _file);
        Assert.That(back.Code, Is.Zero, back.Error);
        Assert.That(settings.GetValueOrDefault("Database:ConnectionString"), database == TestDatabases.Postgres ? Is.Not.EqualTo(from["Database:ConnectionString"]) : Is.Null);
        Assert.That(Directory.EnumerateFiles(target, "*", SearchOption.AllDirectories).Select(Cli.ModeOf).Distinct(), Is.EqualTo(new[] { "600" }));
        // Kept apart, as the verb advises: without it second factors and the seal on the audit trail's end are lost.
        File.Copy(Path.Combine(_data, "keys", "vault.key"), Path.Combine(target, "keys", "vault.key"));
        await using var tier = await RunningTier.Start(name, target, settings);
        var users = (await tier.Send(new ListUsers())).Value;
        Assert.That(users.Select(u => (u.Name, string.Join(',', u.Roles))), Is.EqualTo(new[] { ("李娜", "Analyst") }));
        Assert.That((await tier.Send(new VerifyAudit())).Value.Intact, Is.True);
        if (name != "site") return;
        using var reader = await tier.WithToken("events.read");
        var found = await reader.GetStringAsync("/api/events/search?query=" + Uri.EscapeDataString("host.name:h*"));
        Assert.That(System.Text.RegularExpressions.Regex.Count(found, "\"h[0-7]\""), events == 0 ? Is.Zero : Is.AtLeast(events), found);
    }

    private static Cli Verb(string verb, string tier, string data, Dictionary<string, string?> settings, string file, params string[] more) =>
        Cli.Run([verb, file, "--tier", tier, "--data", data, "--json", .. settings.SelectMany(s => new[] { "--set", $"{s.Key}={s.Value}" }), .. more]);

    private static byte[] Flipped(byte[] bytes)
    {
        var flipped = bytes.ToArray();
        flipped[flipped.Length * 3 / 4] ^= 0x55;
        return flipped;
    }

    private static byte[] Unpacked(byte[] gzip)
    {
        using var plain = new MemoryStream();
        using (var unpack = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress)) unpack.CopyTo(plain);
        return plain.ToArray();
    }

    private static byte[] Packed(byte[] plain)
    {
        using var packed = new MemoryStream();
        using (var pack = new GZipStream(packed, CompressionLevel.Fastest)) pack.Write(plain);
        return packed.ToArray();
    }
}

/// <summary>Archives that somebody made to do harm, or that are something else.</summary>
[Category("X5")]
[NonParallelizable]
internal sealed class HostileBackupTests
{
    private const string Good = "{\"tier\":\"cloud\",\"version\":\"0\",\"database\":\"sqlite\",\"events\":false}";

    private string _folder = "";

    [SetUp]
    public void Make() => _folder = Cli.Folder();

    [TearDown]
    public void Clean() => Directory.Delete(_folder, true);

    [TestCase("../outside")]
    [TestCase("a/../../outside")]
    [TestCase("{absolute}")]
    [TestCase(".")]
    [TestCase("a//../..//outside")]
    public void A_path_that_leaves_the_folder_is_refused(string name) =>
        Refused([(TarEntryType.RegularFile, "juming-backup.json", Good), (TarEntryType.RegularFile, name.Replace("{absolute}", Outside, StringComparison.Ordinal), "x"), End]);

    [TestCase(TarEntryType.SymbolicLink)]
    [TestCase(TarEntryType.HardLink)]
    [TestCase(TarEntryType.Directory)]
    [TestCase(TarEntryType.Fifo)]
    public void What_is_no_file_is_refused(TarEntryType type) => Refused([(TarEntryType.RegularFile, "juming-backup.json", Good), (type, "link", "/etc/passwd"), (TarEntryType.RegularFile, "link/x", "x"), End]);

    [Test]
    public void A_file_twice_or_below_a_file_or_behind_the_end_is_refused()
    {
        var manifest = (TarEntryType.RegularFile, "juming-backup.json", Good);
        Refused([manifest, (TarEntryType.RegularFile, "a", "1"), (TarEntryType.RegularFile, "a", "2"), End]);
        Refused([manifest, (TarEntryType.RegularFile, "a", "1"), (TarEntryType.RegularFile, "a/b", "2"), End]);
        Refused([manifest, End, (TarEntryType.RegularFile, "a", "1")]);
        Refused([manifest, (TarEntryType.RegularFile, "a", "1")]);
        Refused([(TarEntryType.RegularFile, "a", "1"), End]);
        Refused([]);
    }

    [TestCase("{")]
    [TestCase("")]
    [TestCase("null")]
    [TestCase("[]")]
    [TestCase("{\"tier\":7}")]
    [TestCase("{\"tier\":\"cloud\"}")]
    [TestCase("{\"version\":\"1\",\"database\":\"sqlite\"}")]
    public void A_manifest_that_is_none_is_bad_input(string manifest) => Refused([(TarEntryType.RegularFile, "juming-backup.json", manifest), End]);

    [Test]
    public async Task Statements_do_not_come_from_names_in_a_copy_of_a_database()
    {
        var settings = await TestDatabases.MakeFor("cloud", TestDatabases.Postgres);
        var manifest = (TarEntryType.RegularFile, "juming-backup.json", Good.Replace("sqlite", "postgres", StringComparison.Ordinal));
        string[] line = ["--set", "Database:ConnectionString=" + settings["Database:ConnectionString"]];
        foreach (var tables in new[]
        {
            "{", "{}", "null", "{\"Schema\":1,\"Tables\":null}", "{\"Schema\":1,\"Tables\":[null]}",
            "{\"Schema\":1,\"Tables\":[]}",
            "{\"Schema\":99999999999999999,\"Tables\":[]}",
            "{\"Schema\":202611230001,\"Tables\":[{\"Name\":\"pg_authid\",\"Columns\":[\"rolname\"]}]}",
            "{\"Schema\":202611230001,\"Tables\":[{\"Name\":\"platform_outbox\",\"Columns\":[\"id) FROM PROGRAM 'id'--\"]}]}",
            "{\"Schema\":202611230001,\"Tables\":[{\"Name\":\"platform_outbox\",\"Columns\":[\"id\"]}]}",
        })
        {
            await Write([manifest, (TarEntryType.RegularFile, "database/tables.json", tables), (TarEntryType.RegularFile, "database/platform_outbox.copy", "no rows"), End]);
            var run = Restore(line);
            Assert.That(run.Code, Is.EqualTo(3).Or.EqualTo(4), tables + ": " + run.Error);
            Assert.That(run.Error, Does.Not.Contain("   at "), tables);
        }
        await Write([manifest, End]);
        Assert.That(Restore(line).Code, Is.EqualTo(3), "no copy at all");
    }

    private static (TarEntryType Type, string Name, string Content) End => (TarEntryType.RegularFile, "juming-backup.end", "{}");

    private void Refused((TarEntryType Type, string Name, string Content)[] entries)
    {
        Write(entries).GetAwaiter().GetResult();
        var run = Restore();
        Assert.That(run.Code, Is.EqualTo(3), run.Error);
        Assert.That(run.Error, Does.Not.Contain("   at "));
        Assert.That(Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName), Is.EqualTo(new[] { "h.tgz" }));
        Assert.That(File.Exists(Outside), Is.False);
    }

    /// <summary>A path of this machine that is not below the folder that is restored into.</summary>
    private string Outside => _folder + "-outside";

    private Cli Restore(params string[] more) => Cli.Run(["restore", Path.Combine(_folder, "h.tgz"), "--tier", "cloud", "--data", Path.Combine(_folder, "target"), .. more]);

    private async Task Write((TarEntryType Type, string Name, string Content)[] entries)
    {
        await using var gzip = new GZipStream(File.Create(Path.Combine(_folder, "h.tgz")), CompressionLevel.Fastest);
        await using var tar = new TarWriter(gzip, TarEntryFormat.Pax);
        foreach (var (type, name, content) in entries)
        {
            var entry = new PaxTarEntry(type, name);
            if (type == TarEntryType.RegularFile) entry.DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content));
            else if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink) entry.LinkName = content;
            await tar.WriteEntryAsync(entry);
        }
    }
}
