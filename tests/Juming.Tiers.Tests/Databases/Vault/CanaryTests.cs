using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Access.Audit;
using Juming.Platform.Handlers;
using Juming.Platform.Http;
using Juming.Platform.Vault;
using Juming.Platform.Vault.Turn;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases.Vault;

using Cli = Commands.Cli;

/// <summary>A secret that would be recognised anywhere goes all the ways that secrets go; then everything that was written is searched for it.</summary>
[TestFixture(TestDatabases.Sqlite)]
[TestFixture(TestDatabases.Postgres)]
[Category("X7")]
[NonParallelizable]
internal sealed class CanaryTests(string database)
{
    private const string Canary = "Kanarienvogel-7f3a91c2-gelb";

    [Test]
    public async Task No_file_of_the_data_folder_log_or_backup_holds_a_secret_in_any_form()
    {
        var folder = Cli.Folder();
        var data = Path.Combine(folder, "data");
        var settings = await TestDatabases.MakeForSecrets(database);
        settings["Log:Level"] = "Debug";
        await using (var tier = await RunningTier.Start("cloud", data, settings))
        {
            await Fill(tier);
            var live = Path.Combine(folder, "live.tgz");
            using (Hosting.DataFolderLock.TryTake(data)) Assert.That(Backup(data, settings, live).Code, Is.Zero);
            // While it runs, the write-ahead log is there too.
            Assert.That(Found(folder), Is.Empty);
        }
        var made = Backup(data, settings, Path.Combine(folder, "stopped.tgz"));
        Assert.That(made.Code, Is.Zero, made.Error);
        Assert.That(made.Json.GetProperty("keepApart").GetString(), Is.EqualTo(Path.Combine(data, "keys", "vault.key")));
        Assert.That(Found(folder), Is.Empty);
        await RestoredWithoutAndWithTheKey(folder, data);
        await File.WriteAllTextAsync(Path.Combine(folder, "planted"), Convert.ToHexString(Encoding.Unicode.GetBytes(Canary)).ToLowerInvariant());
        Assert.That(Found(folder), Has.Count.EqualTo(1), "a search that finds nothing proves nothing");
        Directory.Delete(folder, true);
    }

    private async Task RestoredWithoutAndWithTheKey(string folder, string data)
    {
        var target = Path.Combine(folder, "restored");
        var settings = await TestDatabases.MakeForSecrets(database);
        Directory.CreateDirectory(Path.Combine(target, "keys"));
        File.Copy(Path.Combine(data, "keys", "vault.key"), Path.Combine(target, "keys", "vault.key"));
        var back = Cli.Run(["restore", Path.Combine(folder, "stopped.tgz"), "--tier", "cloud", "--data", target, "--json", .. Sets(settings)]);
        Assert.That(back.Code, Is.Zero, back.Error);
        await using (var tier = await RunningTier.Start("cloud", target, settings))
            Assert.That((await VaultTests.Use(tier, v => v.Open(_id, Place, "test.use", CancellationToken.None))).Value, Is.EqualTo(Canary), "the key that was put there first is kept");
        File.Delete(Path.Combine(target, "keys", "vault.key"));
        var doctor = Cli.Run(["doctor", "--tier", "cloud", "--data", target, .. Sets(settings)]);
        Assert.That(doctor.Code, Is.EqualTo(1));
        Assert.That(doctor.Out, Does.Contain("juming vault new-key"));
        var renewed = Cli.Run(["vault", "new-key", "--tier", "cloud", "--data", target, .. Sets(settings)]);
        Assert.That(renewed.Out, Does.Contain("1 secrets must be entered again"), renewed.Error);
    }

    private static readonly SecretPlace Place = new("linkage", "fw-1", "password");

    private Guid _id;

    private async Task Fill(RunningTier tier)
    {
        var secret = new Secret(Canary);
        _id = await VaultTests.Use(tier, v => v.Keep(Place, secret, CancellationToken.None));
        await VaultTests.Use(tier, async v =>
        {
            await v.Replace(_id, secret, CancellationToken.None);
            return true;
        });
        Assert.That((await VaultTests.Use(tier, v => v.Open(_id, Place, "test.use", CancellationToken.None))).Value, Is.EqualTo(Canary));
        Assert.That(async () => await VaultTests.Use(tier, v => v.Open(_id, Place with { Module = "notify" }, "test.use", CancellationToken.None)), Throws.TypeOf<SecretGoneException>());
        Assert.That((await tier.Send(new RotateDataKey())).Value.Sealed, Is.EqualTo(1));
        var log = tier.Services.GetRequiredService<ILoggerFactory>().CreateLogger("careless");
#pragma warning disable CA2254, CA2017 // What a careless hand would write.
        log.LogWarning("secret {Secret} taken apart {@Secret} in {@Within} as {Text}", secret, secret, new { Deep = secret }, $"{secret}");
#pragma warning restore CA2254, CA2017
        var audit = tier.Services.GetRequiredService<IAuditTrail>();
        await audit.Append(AuditEntry.Of(new { Password = secret, List = new[] { secret } }, "Careless", Actor.System, null), CancellationToken.None);
        Assert.That(JsonSerializer.Serialize(new { secret, list = new[] { secret } }), Is.EqualTo("{\"secret\":\"***\",\"list\":[\"***\"]}"));
        Assert.That((await tier.Send(new SearchAudit(null, null, 10, Action: "Careless"))).Value.Single().Arguments, Does.Contain("***").And.Not.Contain(Canary));
        var problem = JsonSerializer.Serialize(AccessErrors.NotPermitted.With("permission", secret.ToString()).ToHttp());
        Assert.That(problem, Does.Not.Contain(Canary));
    }

    /// <summary>Files that hold it plain, in Base64 at any offset, in hexadecimal or as UTF-16; archives and packed pages are unpacked first.</summary>
    private static List<string> Found(string folder)
    {
        var forms = Forms().ToList();
        var found = new List<string>();
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (file.EndsWith(".sock", StringComparison.Ordinal)) continue;
            var bytes = ReadShared(file);
            if (file.EndsWith(".tgz", StringComparison.Ordinal))
            {
                using var plain = new MemoryStream();
                using (var unpack = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress)) unpack.CopyTo(plain);
                bytes = plain.ToArray();
            }
            if (forms.Any(f => bytes.AsSpan().IndexOf(f) >= 0)) found.Add(file);
        }
        return found;
    }

    private static IEnumerable<byte[]> Forms()
    {
        foreach (var bytes in new[] { Encoding.UTF8.GetBytes(Canary), Encoding.Unicode.GetBytes(Canary), Encoding.BigEndianUnicode.GetBytes(Canary) })
        {
            yield return bytes;
            var texts = new List<string> { Convert.ToHexString(bytes), Convert.ToHexStringLower(bytes) };
            // Four characters at each end depend on what stands around it.
            for (var shift = 0; shift < 3; shift++) texts.Add(Convert.ToBase64String([.. new byte[shift], .. bytes])[4..^4]);
            foreach (var text in texts)
            {
                yield return Encoding.ASCII.GetBytes(text);
                yield return Encoding.Unicode.GetBytes(text);
            }
        }
    }

    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }

    private static Cli Backup(string data, Dictionary<string, string?> settings, string file) => Cli.Run(["backup", file, "--tier", "cloud", "--data", data, "--json", .. Sets(settings)]);

    private static IEnumerable<string> Sets(Dictionary<string, string?> settings) => settings.SelectMany(s => new[] { "--set", $"{s.Key}={s.Value}" });
}
