using System.Security.Cryptography;
using Juming.Platform.Access;
using Juming.Platform.Access.Audit;
using Juming.Platform.Modules;
using Juming.Platform.Vault;
using Juming.Platform.Vault.Sealing;
using Juming.Platform.Vault.Turn;
using Juming.Testing;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Databases.Vault;

using Cli = Commands.Cli;
using Secret = Juming.Platform.Handlers.Secret;

/// <summary>The key of the vault's file: what lies sealed under it, and how another takes its place, also when that breaks off.</summary>
[TestFixture(TestDatabases.Sqlite)]
[TestFixture(TestDatabases.Postgres)]
[Category("X7")]
[NonParallelizable]
internal sealed class KeyFileTests(string database)
{
    private static readonly SecretPlace Place = new("linkage", "fw-1", "password");

    private string _folder = "";
    private Dictionary<string, string?> _settings = [];

    private string KeyFile => Path.Combine(_folder, "keys", "vault.key");

    private string[] Ring => Directory.GetFiles(Path.Combine(_folder, "keys"), "*.xml");

    [SetUp]
    public async Task Make() => (_folder, _settings) = (Cli.Folder(), await TestDatabases.MakeForSecrets(database));

    [TearDown]
    public void Clean()
    {
        foreach (var folder in new[] { _folder, _folder + "-before", _folder + "-after" }.Where(Directory.Exists)) Directory.Delete(folder, true);
    }

    [Test]
    public async Task The_key_ring_opens_with_the_vaults_key_alone()
    {
        string told;
        await using (var tier = await Start()) told = Protector(tier).Protect("seed");
        Assert.That(Ring, Is.Not.Empty);
        foreach (var file in Ring) Assert.That(await File.ReadAllTextAsync(file), Does.StartWith("<sealedKey by=").And.Not.Contain("masterKey").And.Not.Contain("<value>"));
        Assert.That(Ring.Select(Cli.ModeOf), Has.All.EqualTo("600"));

        var key = await File.ReadAllTextAsync(KeyFile);
        File.Delete(KeyFile);
        await using (var tier = await Start())
        {
            Assert.That(() => Protector(tier).Unprotect(told), Throws.InstanceOf<CryptographicException>());
            Assert.That(File.Exists(KeyFile), Is.False, "a lost key is not replaced silently");
            using var client = tier.Client();
            Assert.That((int)(await client.GetAsync("/sign-in")).StatusCode, Is.EqualTo(200), "the console still answers");
            Assert.That(await Readiness(tier), Is.EqualTo(ReadinessLevel.Bad));
        }
        await File.WriteAllTextAsync(KeyFile, key);
        await using (var tier = await Start()) Assert.That(Protector(tier).Unprotect(told), Is.EqualTo("seed"), "put back, all is there");

        // Lost for good: another key is made, and what was begun without one is kept under it.
        File.Delete(KeyFile);
        string meanwhile;
        await using (var tier = await Start())
        {
            meanwhile = Protector(tier).Protect("meanwhile");
            Assert.That((await tier.Send(new MakeNewKey())).Error, Is.Null);
        }
        await using (var tier = await Start()) Assert.That(Protector(tier).Unprotect(meanwhile), Is.EqualTo("meanwhile"));
        foreach (var file in Ring) File.Delete(file);
        await File.WriteAllTextAsync(KeyFile, key);
        await using (var tier = await Start()) told = Protector(tier).Protect("seed");

        // One byte changed, and a file in the place of another.
        var ring = Ring[0];
        var good = await File.ReadAllTextAsync(ring);
        foreach (var bad in new[] { good.Replace("by=\"", "by=\"0", StringComparison.Ordinal), good[..^40] + "AAAA" + good[^36..], "<sealedKey/>", "no XML", "" })
        {
            await File.WriteAllTextAsync(ring, bad);
            await using var tier = await Start();
            Assert.That(() => Protector(tier).Unprotect(told), Throws.InstanceOf<CryptographicException>(), bad);
        }
    }

    [Test]
    public async Task A_plain_key_ring_of_an_earlier_release_is_sealed_and_goes_on()
    {
        string told;
        await using (var tier = await Start())
        {
            told = Protector(tier).Protect("seed");
            var plain = tier.Services.GetRequiredService<SealedKeyRing>().GetAllElements().Single();
            await File.WriteAllTextAsync(Ring.Single(), plain.ToString());
        }
        Assert.That(await File.ReadAllTextAsync(Ring.Single()), Does.Contain("masterKey"));
        await using (var tier = await Start()) Assert.That(Protector(tier).Unprotect(told), Is.EqualTo("seed"));
        Assert.That(await File.ReadAllTextAsync(Ring.Single()), Does.StartWith("<sealedKey by="));
    }

    [Test]
    public async Task Another_key_takes_the_place_while_secrets_are_used_and_the_old_one_opens_nothing_any_more()
    {
        var old = "";
        await using (var tier = await Start())
        {
            old = await File.ReadAllTextAsync(KeyFile);
            var told = Protector(tier).Protect("seed");
            var ids = new List<Guid>();
            for (var i = 0; i < 5; i++) ids.Add(await VaultTests.Use(tier, v => v.Keep(Place, new Secret($"s{i}"), CancellationToken.None)));
            var reading = Task.WhenAll(Enumerable.Range(0, 40).Select(i => Opened(tier, ids[i % 5])));
            var writing = Task.WhenAll(Enumerable.Range(0, 10).Select(i => VaultTests.Use(tier, v => v.Keep(Place, new Secret("w"), CancellationToken.None))));
            var turned = (await tier.Send(new RotateKeyFile())).Value;
            Assert.That((turned.Keys, turned.Ring, turned.Left, turned.Move), Is.EqualTo((1, 1, 0, (string?)null)));
            Assert.That(await reading, Is.EqualTo(Enumerable.Range(0, 40).Select(i => $"s{i % 5}")));
            foreach (var id in await writing) Assert.That(await Opened(tier, id), Is.EqualTo("w"));
            Assert.That(await File.ReadAllTextAsync(KeyFile), Is.Not.EqualTo(old));
            Assert.That(Cli.ModeOf(KeyFile), Is.EqualTo("600"));
            Assert.That(Directory.GetFiles(Path.GetDirectoryName(KeyFile)!), Has.Length.EqualTo(2), "the key and the ring, and nothing of the old key");
            Assert.That(Protector(tier).Unprotect(told), Is.EqualTo("seed"));
            Assert.That((await tier.Send(new SearchAudit(null, null, 10, Action: nameof(RotateKeyFile)))).Value.Single().Outcome, Is.EqualTo("done"));
            Assert.That(await Readiness(tier), Is.EqualTo(ReadinessLevel.Good));
        }
        var present = await File.ReadAllTextAsync(KeyFile);
        await File.WriteAllTextAsync(KeyFile, old);
        await using (var tier = await Start())
        {
            Assert.That(await Readiness(tier), Is.EqualTo(ReadinessLevel.Bad));
            Assert.That(Ring.Select(File.ReadAllText), Has.Some.Contains(Platform.Vault.Sealing.KeyFile.MarkOf(Convert.FromBase64String(present.Trim()))));
        }
        await File.WriteAllTextAsync(KeyFile, present);
        var verb = Cli.Run(["vault", "rotate-key", "--tier", "cloud", "--data", _folder, .. _settings.SelectMany(s => new[] { "--set", $"{s.Key}={s.Value}" })]);
        Assert.That(verb.Code, Is.Zero, verb.Error);
        Assert.That(verb.Out, Does.Contain("1 data keys").And.Contain("Backups made before need the old one"));
    }

    [Test]
    public async Task A_change_of_the_key_may_break_off_at_each_point_and_goes_on()
    {
        Guid id;
        string told;
        await using (var tier = await Start())
        {
            told = Protector(tier).Protect("seed");
            id = await VaultTests.Use(tier, v => v.Keep(Place, new Secret("one"), CancellationToken.None));
        }
        var before = Copy("before");
        await using (var tier = await Start()) Assert.That((await tier.Send(new RotateKeyFile())).Error, Is.Null);
        var after = Copy("after");
        foreach (var point in new[] { "next key made", "data keys wrapped", "key ring sealed", "a ring of two keys" })
        {
            // What lies there when the power goes at this point, put together from what lay there before and after.
            Restore(point == "next key made" ? before : after);
            File.Copy(Path.Combine(before, "keys", "vault.key"), KeyFile, true);
            File.Copy(Path.Combine(after, "keys", "vault.key"), KeyFile + ".next", true);
            foreach (var file in Ring) if (point != "key ring sealed") File.Copy(Path.Combine(before, "keys", Path.GetFileName(file)), file, true);
            if (point == "a ring of two keys") File.Copy(Path.Combine(after, "keys", Path.GetFileName(Ring[0])), Ring[0], true);
            await using (var tier = await Start())
            {
                Assert.That(await Opened(tier, id), Is.EqualTo("one"), point);
                Assert.That(Protector(tier).Unprotect(told), Is.EqualTo("seed"), point);
                Assert.That(await Readiness(tier), Is.EqualTo(ReadinessLevel.Warning), point);
                var kept = await VaultTests.Use(tier, v => v.Keep(Place, new Secret("meanwhile"), CancellationToken.None));
                Assert.That((await tier.Send(new RotateKeyFile())).Value.Left, Is.Zero, point);
                Assert.That(await Opened(tier, kept), Is.EqualTo("meanwhile"), point);
            }
            Assert.That(File.Exists(KeyFile + ".next"), Is.False, point);
            Assert.That(await File.ReadAllTextAsync(KeyFile), Is.EqualTo(await File.ReadAllTextAsync(Path.Combine(after, "keys", "vault.key"))), "it went on with the key that was begun with");
            await using var again = await Start();
            Assert.That((await Opened(again, id), Protector(again).Unprotect(told), await Readiness(again)), Is.EqualTo(("one", "seed", ReadinessLevel.Good)), point);
        }
    }

    [Test]
    public async Task A_key_that_is_kept_elsewhere_is_changed_with_a_file_beside_it()
    {
        var file = Path.Combine(_folder, "elsewhere.key");
        await File.WriteAllTextAsync(file, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        _settings["Modules:Vault:KeyFile"] = file;
        Guid id;
        await using (var tier = await Start())
        {
            id = await VaultTests.Use(tier, v => v.Keep(Place, new Secret("one"), CancellationToken.None));
            Assert.That((await tier.Send(new RotateKeyFile())).Error!.Code, Is.EqualTo("vault.next-missing"));
            await File.WriteAllTextAsync(file + ".next", "not a key");
            Assert.That((await tier.Send(new RotateKeyFile())).Error!.Code, Is.EqualTo("vault.next-missing"));
            await File.WriteAllTextAsync(file + ".next", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
            Assert.That((await tier.Send(new RotateKeyFile())).Value.Move, Is.EqualTo(file + ".next"));
            Assert.That(await Opened(tier, id), Is.EqualTo("one"));
        }
        File.Move(file + ".next", file, true);
        await using var again = await Start();
        Assert.That((await Opened(again, id), await Readiness(again)), Is.EqualTo(("one", ReadinessLevel.Good)));
    }

    private string Copy(string name)
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        var target = _folder + "-" + name;
        if (Directory.Exists(target)) Directory.Delete(target, true);
        foreach (var file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(target, Path.GetRelativePath(_folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
        return target;
    }

    private void Restore(string copy)
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, true);
        foreach (var file in Directory.EnumerateFiles(copy, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(_folder, Path.GetRelativePath(copy, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
    }

    private async Task<RunningTier> Start() => await RunningTier.Start("cloud", _folder, _settings);

    private static IDataProtector Protector(RunningTier tier) => tier.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");

    private static async Task<string> Opened(RunningTier tier, Guid id) => (await VaultTests.Use(tier, v => v.Open(id, Place, "test.use", CancellationToken.None))).Value;

    private static async Task<ReadinessLevel> Readiness(RunningTier tier) => (await tier.Services.GetServices<IReadiness>().Single(r => r.Name == "vault").Look(CancellationToken.None)).Level;
}
