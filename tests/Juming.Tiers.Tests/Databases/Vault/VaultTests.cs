using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Access.Audit;
using Juming.Platform.Handlers;
using Juming.Platform.Modules;
using Juming.Platform.Vault;
using Juming.Platform.Vault.Data;
using Juming.Platform.Vault.Turn;
using Juming.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases.Vault;

using Cli = Commands.Cli;

/// <summary>The vault through its face, on both databases: there and back, moved, changed, rotated, with its key gone.</summary>
[TestFixture(TestDatabases.Sqlite)]
[TestFixture(TestDatabases.Postgres)]
[Category("X7")]
[NonParallelizable]
internal sealed class VaultTests(string database)
{
    private static readonly SecretPlace Place = new("linkage", "fw-1", "password");

    private string _folder = "";
    private Dictionary<string, string?> _settings = [];

    private string KeyFile => Path.Combine(_folder, "keys", "vault.key");

    [SetUp]
    public async Task Make() => (_folder, _settings) = (Cli.Folder(), await TestDatabases.MakeForSecrets(database));

    [TearDown]
    public void Clean() => Directory.Delete(_folder, true);

    [Test]
    public async Task A_secret_comes_back_over_a_restart_and_each_opening_is_in_the_audit_trail()
    {
        Guid id;
        await using (var tier = await Start())
        {
            id = await Use(tier, v => v.Keep(Place, new Secret("口令 with ünïcode \0 and \"quotes\""), CancellationToken.None));
            Assert.That(Cli.ModeOf(KeyFile), Is.EqualTo("600"));
        }
        await using var again = await Start();
        Assert.That(await Opened(again, id), Is.EqualTo("口令 with ünïcode \0 and \"quotes\""));
        await Use(again, v => v.Replace(id, new Secret("next"), CancellationToken.None));
        Assert.That(await Opened(again, id), Is.EqualTo("next"));
        Assert.That(await Reason(again, id, Place with { Object = "fw-2" }), Is.EqualTo("elsewhere"));
        await Use(again, v => v.Remove(id, CancellationToken.None));
        await Use(again, v => v.Remove(id, CancellationToken.None));
        Assert.That(await Reason(again, id, Place), Is.EqualTo("missing"));
        Assert.That(await Thrown(() => Use(again, v => v.Replace(id, new Secret("x"), CancellationToken.None))), Is.EqualTo("missing"));
        var entries = (await again.Send(new SearchAudit(null, null, 100, Action: "OpenSecret"))).Value;
        Assert.That(entries.Select(e => e.Outcome), Is.EquivalentTo(new[] { "done", "done", "vault.elsewhere", "vault.missing" }));
        Assert.That(entries.Select(e => e.Arguments), Has.All.Contain(id.ToString()).And.All.Contain("\"purpose\":\"test.use\"").And.None.Contain("next"));
        Assert.That(entries.Select(e => e.ActorName), Has.All.EqualTo("anna"));
    }

    [TestCase("update vault_secrets set sealed = (select sealed from vault_secrets where object = 'other') where object = 'fw-1'", TestName = "another's seal")]
    [TestCase("update vault_secrets set object = 'fw-1' where object = 'other'", TestName = "a row that claims another place")]
    [TestCase("update vault_keys set wrapped = (select sealed from vault_secrets where object = 'other')", TestName = "another's key")]
    public async Task What_was_changed_in_the_database_does_not_open(string sql)
    {
        await using var tier = await Start();
        var id = await Use(tier, v => v.Keep(Place, new Secret("one"), CancellationToken.None));
        var other = await Use(tier, v => v.Keep(Place with { Object = "other" }, new Secret("two"), CancellationToken.None));
        await using (var scope = tier.Services.CreateAsyncScope()) await scope.ServiceProvider.GetRequiredService<VaultDb>().Database.ExecuteSqlRawAsync(sql);
        Assert.That(await Reason(tier, sql.Contains("set object", StringComparison.Ordinal) ? other : id, Place), Is.EqualTo("seal"));
    }

    [Test]
    public async Task Every_byte_of_a_seal_counts()
    {
        await using var tier = await Start();
        var id = await Use(tier, v => v.Keep(Place, new Secret("one"), CancellationToken.None));
        await using var scope = tier.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<VaultDb>();
        var row = await db.Secrets.SingleAsync();
        var good = row.Sealed;
        for (var i = 0; i < good.Length; i++)
        {
            row.Sealed = [.. good];
            row.Sealed[i] ^= 1;
            await db.SaveChangesAsync();
            Assert.That(await Reason(tier, id, Place), Is.EqualTo("seal"), $"byte {i}");
        }
        row.Sealed = good[..5];
        await db.SaveChangesAsync();
        Assert.That(await Reason(tier, id, Place), Is.EqualTo("seal"));
    }

    [Test]
    public async Task A_rotation_keeps_every_secret_while_others_keep_and_open()
    {
        await using var tier = await Start();
        var ids = new List<Guid>();
        for (var i = 0; i < 20; i++) ids.Add(await Use(tier, v => v.Keep(Place, new Secret($"s{i}"), CancellationToken.None)));
        var before = await KeyIds(tier);
        var writing = Task.WhenAll(Enumerable.Range(20, 20).Select(i => Use(tier, v => v.Keep(Place, new Secret($"s{i}"), CancellationToken.None))));
        var reading = Task.WhenAll(ids.Select(i => Opened(tier, i)));
        var turns = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => tier.Send(new RotateDataKey())));
        ids.AddRange(await writing);
        Assert.That(await reading, Is.EqualTo(Enumerable.Range(0, 20).Select(i => $"s{i}")));
        Assert.That(turns.Select(t => t.Value.Left), Has.All.Zero);
        for (var i = 0; i < ids.Count; i++) Assert.That(await Opened(tier, ids[i]), Is.EqualTo($"s{i}"));
        Assert.That(await KeyIds(tier), Has.Count.EqualTo(1).And.Not.EqualTo(before));
    }

    [Test]
    public async Task A_lost_key_is_told_and_not_replaced_until_somebody_says_so()
    {
        Guid id;
        await using (var tier = await Start()) id = await Use(tier, v => v.Keep(Place, new Secret("one"), CancellationToken.None));
        var key = await File.ReadAllTextAsync(KeyFile);
        File.Delete(KeyFile);
        await using (var tier = await Start())
        {
            Assert.That(File.Exists(KeyFile), Is.False);
            Assert.That(await Reason(tier, id, Place), Is.EqualTo("key"));
            Assert.That(await Thrown(() => Use(tier, v => v.Keep(Place, new Secret("two"), CancellationToken.None))), Is.EqualTo("key"));
            Assert.That((await tier.Send(new RotateDataKey())).Error!.Code, Is.EqualTo("vault.key-missing"));
            Assert.That(await Readiness(tier), Is.EqualTo(ReadinessLevel.Bad));
            await File.WriteAllTextAsync(KeyFile, key);
            Assert.That(await Opened(tier, id), Is.EqualTo("one"), "put back, it works at once");
            Assert.That((await tier.Send(new MakeNewKey())).Error!.Code, Is.EqualTo("vault.key-is-there"));
            await File.WriteAllTextAsync(KeyFile, Convert.ToBase64String(new byte[32]));
            Assert.That(await Reason(tier, id, Place), Is.EqualTo("key"), "another key");
            Assert.That(await Readiness(tier), Is.EqualTo(ReadinessLevel.Bad));
            File.Delete(KeyFile);
            Assert.That((await tier.Send(new MakeNewKey())).Value.Lost, Is.EqualTo(1));
            Assert.That(await Readiness(tier), Is.EqualTo(ReadinessLevel.Warning), "one secret must be entered again");
            await Use(tier, v => v.Replace(id, new Secret("entered again"), CancellationToken.None));
            Assert.That(await Opened(tier, id), Is.EqualTo("entered again"));
            Assert.That(await Readiness(tier), Is.EqualTo(ReadinessLevel.Good));
            if (OperatingSystem.IsWindows()) return;
            File.SetUnixFileMode(KeyFile, (UnixFileMode)0b110_100_000);
            Assert.That(await Readiness(tier), Is.EqualTo(ReadinessLevel.Warning), "others may read it");
        }
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task The_key_may_come_from_a_file_of_its_own_as_bytes_or_text(bool text)
    {
        var file = Path.Combine(_folder, "elsewhere.key");
        var key = System.Security.Cryptography.RandomNumberGenerator.GetBytes(32);
        await File.WriteAllBytesAsync(file, text ? System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(key) + "\n") : key);
        _settings["Modules:Vault:KeyFile"] = file;
        await using var tier = await Start();
        var id = await Use(tier, v => v.Keep(Place, new Secret("one"), CancellationToken.None));
        Assert.That(await Opened(tier, id), Is.EqualTo("one"));
        Assert.That(File.Exists(KeyFile), Is.False);
        File.Delete(file);
        Assert.That(await Reason(tier, id, Place), Is.EqualTo("key"));
        Assert.That((await tier.Send(new MakeNewKey())).Error!.Code, Is.EqualTo("vault.key-is-elsewhere"));
    }

    [Test]
    public async Task What_is_too_long_or_belongs_nowhere_is_not_kept()
    {
        await using var tier = await Start();
        Assert.That(async () => await Use(tier, v => v.Keep(Place, new Secret(new string('长', 6000)), CancellationToken.None)), Throws.ArgumentException);
        Assert.That(async () => await Use(tier, v => v.Keep(Place with { Field = "" }, new Secret("x"), CancellationToken.None)), Throws.ArgumentException);
        var id = await Use(tier, v => v.Keep(Place, new Secret(new string('x', 16 * 1024)), CancellationToken.None));
        Assert.That(await Opened(tier, id), Has.Length.EqualTo(16 * 1024));
    }

    private async Task<RunningTier> Start() => await RunningTier.Start("cloud", _folder, _settings);

    internal static async Task<T> Use<T>(RunningTier tier, Func<IVault, Task<T>> use)
    {
        await using var scope = tier.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<CurrentActor>().Actor = Actor.System with { Name = "anna" };
        return await use(scope.ServiceProvider.GetRequiredService<IVault>());
    }

    private static Task<bool> Use(RunningTier tier, Func<IVault, Task> use) => Use(tier, async v =>
    {
        await use(v);
        return true;
    });

    private static async Task<string> Opened(RunningTier tier, Guid id) => (await Use(tier, v => v.Open(id, Place, "test.use", CancellationToken.None))).Value;

    private static Task<string> Reason(RunningTier tier, Guid id, SecretPlace place) => Thrown(() => Use(tier, v => v.Open(id, place, "test.use", CancellationToken.None)));

    private static async Task<string> Thrown(Func<Task> act)
    {
        try
        {
            await act();
            return "nothing";
        }
        catch (SecretGoneException e)
        {
            return e.Reason;
        }
    }

    private static async Task<List<Guid>> KeyIds(RunningTier tier)
    {
        await using var scope = tier.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<VaultDb>().Keys.Select(k => k.Id).ToListAsync();
    }

    private static async Task<ReadinessLevel> Readiness(RunningTier tier) => (await tier.Services.GetServices<IReadiness>().Single(r => r.Name == "vault").Look(CancellationToken.None)).Level;
}
