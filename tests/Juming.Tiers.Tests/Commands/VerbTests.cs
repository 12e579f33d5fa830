using System.IO.Compression;
using System.Text;
using Juming.Testing;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Commands;

/// <summary>The verbs' details that scripts rely on.</summary>
[Category("X5")]
[NonParallelizable]
public sealed class VerbTests
{
    private string _folder = "";
    private string _data = "";

    [SetUp]
    public void Make()
    {
        _folder = Cli.Folder();
        _data = Path.Combine(_folder, "data");
    }

    [TearDown]
    public void Clean() => Directory.Delete(_folder, true);

    [Test]
    public async Task Links_lead_to_where_the_console_is()
    {
        Assert.That(Cli.Run("user", "add", "one", "--tier", "cloud", "--data", _data).Out, Does.Contain("one: https://localhost:8441/join#"));
        Assert.That(Cli.Run("user", "add", "two", "--tier", "cloud", "--data", _data, "--set", "Web:Urls=https://siem.example.com:9443").Out, Does.Contain("https://siem.example.com:9443/join#"));
        Assert.That(Cli.Run("user", "reset", "two", "--tier", "cloud", "--data", _data, "--set", "Web:Urls=https://0.0.0.0:443", "--set", "Modules:Access:AllowedHosts:0=soc.example.com").Out, Does.Contain("https://soc.example.com/join#"));
        await using var running = await RunningTier.Start("cloud", _data);
        using var held = Hosting.DataFolderLock.TryTake(_data);
        Assert.That(Cli.Run("user", "add", "three", "--tier", "cloud", "--data", _data).Out, Does.Contain($"three: {running.Address.GetLeftPart(UriPartial.Authority)}/join#"));
    }

    [Test]
    public void A_token_is_made_with_scopes_and_ended_by_name_or_identity()
    {
        string[] tier = ["--tier", "cloud", "--data", _data, "--json"];
        Assert.That(Cli.Run(["token", "create", "--name", "a", .. tier]).Code, Is.EqualTo(2), "scopes are needed");
        Assert.That(Cli.Run(["token", "create", "--name", "a", "--scopes", "no.such", .. tier]).Code, Is.EqualTo(4));
        var first = Cli.Run(["token", "create", "--name", "a", "--scopes", "access.audit.read,access.users.read", .. tier]);
        Assert.That(first.Json.GetProperty("scopes").GetArrayLength(), Is.EqualTo(2));
        var second = Cli.Run(["token", "create", "--name", "b", "--scopes", "access.audit.read", "access.users.read", .. tier]);
        Assert.That(second.Json.GetProperty("scopes").GetArrayLength(), Is.EqualTo(2));
        Assert.That(Cli.Run(["token", "revoke", "a", .. tier]).Code, Is.Zero);
        Assert.That(Cli.Run(["token", "revoke", second.Json.GetProperty("id").GetString()!, .. tier]).Code, Is.Zero);
        Assert.That(Cli.Run(["token", "revoke", "a", .. tier]).Code, Is.EqualTo(4), "it has ended");
        Assert.That(Cli.Run(["token", "list", .. tier]).Json.EnumerateArray().Select(t => t.GetProperty("revoked").GetBoolean()), Is.All.True);
    }

    [Test]
    public void Tokens_are_ended_by_what_they_may_do_and_counted()
    {
        string[] tier = ["--tier", "cloud", "--data", _data, "--json"];
        foreach (var (name, scopes) in new[] { ("a", "access.audit.read"), ("b", "access.users.read,access.audit.read"), ("c", "access.users.read"), ("d", "access.tokens.write") })
            Assert.That(Cli.Run(["token", "create", "--name", name, "--scopes", scopes, .. tier]).Code, Is.Zero);
        Assert.That(Cli.Run(["token", "revoke", .. tier]).Code, Is.EqualTo(2), "neither");
        Assert.That(Cli.Run(["token", "revoke", "a", "--scopes", "access.audit.read", .. tier]).Code, Is.EqualTo(2), "both");
        Assert.That(Cli.Run(["token", "revoke", "--scopes", "access.audit.reed", .. tier]).Code, Is.EqualTo(4), "a misspelt right");
        var ended = Cli.Run(["token", "revoke", "--scopes", "access.audit.read", .. tier]).Json;
        Assert.That((ended.GetProperty("revoked").GetInt32(), string.Join(' ', ended.GetProperty("names").EnumerateArray().Select(n => n.GetString()).Order())), Is.EqualTo((2, "a b")));
        Assert.That(Cli.Run(["token", "revoke", "--scopes", "access.audit.read", .. tier]).Json.GetProperty("revoked").GetInt32(), Is.Zero, "they have ended");
        Assert.That(Cli.Run(["token", "revoke", "--scopes", "access.users.read,access.tokens.write", .. tier]).Json.GetProperty("revoked").GetInt32(), Is.EqualTo(2));
    }

    [Test]
    public void A_segment_of_a_newer_release_stops_the_start_with_a_sentence_and_no_trace()
    {
        var file = Path.Combine(_folder, "a.log");
        File.WriteAllText(file, "a\n");
        Assert.That(Cli.Run("replay", "--tier", "site", "--data", _data, file).Code, Is.Zero);
        var segment = Directory.GetFiles(Path.Combine(_data, "events"), "*.duckdb").Single();
        using (var store = new DuckDB.NET.Data.DuckDBConnection("Data Source=" + segment))
        {
            store.Open();
            using var command = store.CreateCommand();
            command.CommandText = "UPDATE about SET schema_version = 9999";
            command.ExecuteNonQuery();
        }
        var start = Cli.Run("--tier", "site", "--data", _data, "--urls", "https://127.0.0.1:0", "--set", "Modules:Collection:Udp:0=127.0.0.1:0", "--set", "Modules:Collection:Tcp:0=127.0.0.1:0");
        Assert.That(start.Code, Is.EqualTo(1));
        Assert.That(start.Error, Does.Contain(segment).And.Contain("Start that release, or move the file away").And.Not.Contain("   at ").And.Not.Contain("Exception"));
    }

    [Test]
    public void A_format_that_there_is_not_is_wrong_use()
    {
        var file = Path.Combine(_folder, "a.log");
        File.WriteAllText(file, "a\n");
        var run = Cli.Run("replay", "--tier", "site", "--data", _data, "--format", "nonsense", file);
        Assert.That(run.Code, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("auto, "));
        Assert.That(Directory.Exists(_data), Is.False, "nothing was begun");
    }

    [TestCase("truncated")]
    [TestCase("flipped")]
    [TestCase("no gzip")]
    public void A_damaged_file_is_named_and_what_came_before_counts(string damage)
    {
        var lines = new StringBuilder();
        var random = new Random(7);
        for (var i = 0; i < 40_000; i++) lines.Append("{\"host.name\":\"h").Append(random.Next()).Append("\"}\n");
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, true)) gzip.Write(Encoding.ASCII.GetBytes(lines.ToString()));
        var bytes = packed.ToArray();
        if (damage == "truncated") bytes = bytes[..(bytes.Length * 3 / 4)];
        if (damage == "flipped") Array.Fill(bytes, (byte)0xFF, bytes.Length * 3 / 4, 200);
        if (damage == "no gzip") bytes = Encoding.ASCII.GetBytes("this is not gzip\n");
        var (bad, good) = (Path.Combine(_folder, "bad.log.gz"), Path.Combine(_folder, "good.log"));
        File.WriteAllBytes(bad, bytes);
        File.WriteAllText(good, "{\"host.name\":\"h\"}\n");
        var run = Cli.Run("replay", "--tier", "site", "--data", _data, "--json", "--progress", bad, good);
        Assert.That(run.Code, Is.EqualTo(3), run.Error);
        Assert.That(run.Error, Does.Contain(bad).And.Not.Contain("   at "));
        var report = run.Json;
        Assert.Multiple(() =>
        {
            Assert.That(report.GetProperty("broken")[0].GetProperty("file").GetString(), Is.EqualTo(bad));
            Assert.That(report.GetProperty("events").GetInt64(), damage == "no gzip" ? Is.EqualTo(1) : Is.InRange(1000, 40_000));
            Assert.That(report.GetProperty("stored").GetInt64(), Is.EqualTo(report.GetProperty("events").GetInt64()));
        });
    }

    [Test]
    public void Files_and_folders_are_for_their_owner_alone()
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("Windows has other rights.");
        else
        {
            Directory.CreateDirectory(_data);
            File.SetUnixFileMode(_data, (UnixFileMode)0x1ED);
            Assert.That(Cli.Run("user", "add", "one", "--tier", "cloud", "--data", _data).Code, Is.Zero);
            Assert.That(Cli.ModeOf(_data), Is.EqualTo("700"), "a folder that was there before");
            Assert.That(Directory.EnumerateFiles(_data, "*", SearchOption.AllDirectories).Select(Cli.ModeOf).Distinct(), Is.EqualTo(new[] { "600" }));
            File.SetUnixFileMode(_data, (UnixFileMode)0x1ED);
            Assert.That(Cli.Run("user", "list", "--tier", "cloud", "--data", _data).Code, Is.Zero);
            Assert.That(Cli.ModeOf(_data), Is.EqualTo("700"), "a data folder that somebody opened");
            var shared = Directory.CreateDirectory(Path.Combine(_folder, "shared")).FullName;
            File.WriteAllText(Path.Combine(shared, "of-others"), "x");
            File.SetUnixFileMode(shared, (UnixFileMode)0x1ED);
            Assert.That(Cli.Run("user", "list", "--tier", "cloud", "--data", shared).Code, Is.Zero);
            Assert.That(Cli.ModeOf(shared), Is.EqualTo("755"), "a folder that is not ours alone stays as it is");
        }
    }

    [TestCase("user", "list")]
    [TestCase("token", "list")]
    [TestCase("audit", "verify")]
    [TestCase("egress", "verify")]
    [TestCase("doctor")]
    [TestCase("version")]
    public void Every_verb_prints_json_and_help(params string[] verb)
    {
        string[] tier = verb[0] == "version" ? [] : ["--tier", "cloud", "--data", _data];
        Assert.That(Cli.Run([.. verb, .. tier, "--json"]).Out.Split('\n')[0], Does.StartWith("{").Or.StartWith("["));
        var help = Cli.Run([.. verb, "--help"]);
        Assert.That((help.Code, help.Out.Contains("--json", StringComparison.Ordinal)), Is.EqualTo((0, true)));
    }
}
