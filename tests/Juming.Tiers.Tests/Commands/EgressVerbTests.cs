using Juming.Platform.Http;
using Juming.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Tiers.Tests.Commands;

/// <summary>The ledger of what left is verified by the program itself, on the host and on an auditor's machine.</summary>
[Category("X3")]
public sealed class EgressVerbTests
{
    [Test]
    public async Task A_ledger_and_its_export_are_verified_and_a_change_in_either_is_named()
    {
        var folder = Directory.CreateTempSubdirectory("juming-egress-").FullName;
        try
        {
            var (data, file) = (Path.Combine(folder, "data"), Path.Combine(folder, "ledger.ndjson"));
            await using (var tier = await RunningTier.Start("cloud", data))
            {
                for (var i = 0; i < 3; i++)
                    await tier.Services.GetRequiredService<IOutboundLedger>().Enter(new OutboundEntry(false, "notify", "hook.example:443", OutboundPlace.Outside, "POST", 4, "said"u8.ToArray()), CancellationToken.None);
                using var client = await tier.WithToken("links.egress-read");
                await File.WriteAllBytesAsync(file, await client.GetByteArrayAsync(new Uri("/api/links/egress/export", UriKind.Relative)));
                using var other = await tier.WithToken("links.read");
                Assert.That((int)(await other.GetAsync(new Uri("/api/links/egress/export", UriKind.Relative))).StatusCode, Is.EqualTo(403));
            }
            string[] verify = ["egress", "verify", "--tier", "cloud", "--data", data];
            var whole = Cli.Run([.. verify, "--json"]);
            Assert.That((whole.Code, whole.Json.GetProperty("entries").GetInt64()), Is.EqualTo((0, 3L)));
            Assert.That(Cli.Run("egress", "check", file).Out, Does.StartWith("Intact: 3 entries"));

            var text = await File.ReadAllTextAsync(file);
            await File.WriteAllTextAsync(file, text.Replace("\"seq\":2,", "\"seq\":2,\"x\":1,", StringComparison.Ordinal).Replace(Convert.ToBase64String("said"u8), Convert.ToBase64String("kept"u8), StringComparison.Ordinal));
            var changed = Cli.Run("egress", "check", file);
            Assert.That((changed.Code, changed.Out.Trim()), Is.EqualTo((4, "CHANGED at entry 1: content")));
            await File.WriteAllTextAsync(file, "no ledger");
            Assert.That(Cli.Run("egress", "check", file).Code, Is.EqualTo(3));
            Assert.That(Cli.Run("egress", "check", Path.Combine(folder, "none")).Code, Is.EqualTo(3));

            await using (var connection = new SqliteConnection($"Data Source={Path.Combine(data, "juming.db")};Pooling=False"))
            {
                await connection.OpenAsync();
                await using var command = connection.CreateCommand();
                command.CommandText = "UPDATE links_ledger SET bytes = 5 WHERE seq = 2";
                await command.ExecuteNonQueryAsync();
            }
            var edited = Cli.Run(verify);
            Assert.That((edited.Code, edited.Out.Trim()), Is.EqualTo((4, "CHANGED at entry 2: edited")));
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }
}
