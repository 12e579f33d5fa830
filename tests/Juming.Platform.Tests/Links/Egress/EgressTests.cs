using Google.Protobuf;
using Juming.Contracts.Egress;
using Juming.Platform.Access;
using Juming.Platform.Access.Audit;
using Juming.Platform.Access.Data;
using Juming.Platform.Data;
using Juming.Platform.Http;
using Juming.Platform.Links;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Egress.Held;
using Juming.Platform.Links.Egress.Ledger;
using Juming.Platform.Links.Egress.Policy;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace Juming.Platform.Tests.Links.Egress;

/// <summary>What goes up goes through the gate, stands in the ledger, and arrives as it stands there. One pair of hosts for all of it.</summary>
[Category("X3")]
public sealed class EgressTests
{
    private TwoHosts _hosts = null!;

    [OneTimeSetUp]
    public async Task Link()
    {
        _hosts = await TwoHosts.Linked();
        // It tells how it stands of its own accord; the next time is a minute later.
        await TwoHosts.Until(async () => (await Ledger()).Any(l => l.Message == "SiteHealth"));
    }

    [OneTimeTearDown]
    public async Task End() => await _hosts.DisposeAsync();

    private IEgress Egress => _hosts.Lower.Services.GetRequiredService<IEgress>();

    [Test, Order(1)]
    public async Task A_message_arrives_as_it_stands_in_the_ledger()
    {
        var answer = new BulletinAnswer { Bulletin = Identity(), AssetsAffected = 41, Stage = BulletinStage.Done, At = 1_790_000_000_000_000 };
        var verdict = await Egress.Send(answer, CancellationToken.None);
        var again = await Egress.Send(answer, CancellationToken.None);
        await TwoHosts.Until(() => _hosts.OnUpper(db => db.ArrivedValues.AnyAsync(v => v.Type == 4 && v.Payload == answer.ToByteArray())));
        var line = (await Ledger()).Single(l => l.Message == "BulletinAnswer");
        var entry = (await _hosts.Lower.Send(new OpenLedgerEntry(line.Seq))).Value;
        Assert.Multiple(() =>
        {
            Assert.That(verdict.Outcome, Is.EqualTo(EgressOutcome.Sent));
            Assert.That(again.Outcome, Is.EqualTo(EgressOutcome.Unchanged));
            Assert.That((line.Place, line.Kind, line.Level), Is.EqualTo((EgressPlace.Upper, EgressKind.Message, 1)));
            Assert.That(entry.State, Is.EqualTo(ContentState.Exact));
            Assert.That(entry.Hex, Is.EqualTo(Convert.ToHexStringLower(answer.ToByteArray())));
            Assert.That(entry.Fields.Select(f => (f.Name, f.Class, f.Value)), Does.Contain(("assets_affected", "Counter", "41")).And.Contain(("stage", "EnumId", "BULLETIN_STAGE_DONE")));
            Assert.That(UpwardMessages.Read(4, Convert.FromHexString(entry.Hex!)), Is.EqualTo(answer));
        });
    }

    [Test, Order(2)]
    public async Task What_is_refused_is_kept_with_its_reason_and_told()
    {
        var verdict = await Egress.Send(new BulletinAnswer { Bulletin = ByteString.CopyFromUtf8("host-7.corp") }, CancellationToken.None);
        var smuggled = await Egress.Send(EgressGateTests.Health("zhang.wei"), CancellationToken.None);
        var refused = (await _hosts.Lower.Send(new ListRefusals())).Value;
        await TwoHosts.Until(async () => (await Audit("EgressRefused")).Count >= 2);
        await TwoHosts.Until(() => On(_hosts.Lower, (Juming.Platform.Notify.Data.NotifyDb db) => db.Notices.AnyAsync(n => n.Code == "links.egress-refused")));
        Assert.Multiple(() =>
        {
            Assert.That((verdict.Outcome, verdict.Reason, verdict.Field), Is.EqualTo((EgressOutcome.Refused, "no-identity", "bulletin")));
            Assert.That(smuggled.Outcome, Is.EqualTo(EgressOutcome.Sent), "the rest of it is in order");
            Assert.That(refused.Items.Select(r => (r.Message, r.Reason, r.Field, r.Count)), Is.EquivalentTo(new[] { ("BulletinAnswer", "no-identity", "bulletin", 1L), ("SiteHealth", "unknown-fields", "", 1L) }));
        });
    }

    [Test, Order(3)]
    public async Task A_message_of_a_transaction_leaves_once_and_only_when_it_is_saved()
    {
        var (kept, dropped) = (Sightings(3), Sightings(4));
        await On(_hosts.Lower, async (LinksDb db) =>
        {
            Egress.SendWith(db, dropped);
            db.ChangeTracker.Clear();
            Egress.SendWith(db, kept);
            var offered = db.ChangeTracker.Entries<Events.OutboxRow>().Single().Entity;
            await db.SaveChangesAsync();
            await TwoHosts.Until(async () => (await Ledger()).Any(l => l.About == KeyOf(kept)));
            // Handled a second time, as after a crash between the commit and the removal of the row.
            db.Add(new Events.OutboxRow { Name = offered.Name, Version = offered.Version, Json = offered.Json });
            await db.SaveChangesAsync();
            await TwoHosts.Until(async () => !await db.Set<Events.OutboxRow>().AsNoTracking().AnyAsync(r => r.Name == "links.message-offered"));
            return true;
        });
        var lines = await Ledger();
        Assert.Multiple(() =>
        {
            Assert.That(lines.Count(l => l.About == KeyOf(kept)), Is.EqualTo(1));
            Assert.That(lines, Has.None.Matches<LedgerLine>(l => l.About == KeyOf(dropped)));
        });
        await TwoHosts.Until(() => _hosts.OnUpper(db => db.ArrivedValues.AnyAsync(v => v.Key == KeyOf(kept))));
    }

    [Test, Order(4)]
    public async Task A_level_holds_at_once_and_what_it_forbids_is_taken_back_over_there()
    {
        var summary = new IncidentSummary { Incident = Identity(), Severity = 3 };
        var before = await Egress.Send(summary, CancellationToken.None);
        await Choose(2);
        var after = await Egress.Send(summary, CancellationToken.None);
        await TwoHosts.Until(() => _hosts.OnUpper(db => db.Inboxes.AnyAsync(i => i.Topic == Topics.Reports && i.Last == 1)));
        Assert.That(await _hosts.OnUpper(db => db.ArrivedValues.CountAsync(v => v.Type == 3)), Is.GreaterThan(0));
        await Choose(0);
        await TwoHosts.Until(() => _hosts.OnUpper(async db => !await db.ArrivedValues.AnyAsync(v => v.Type == 3)));
        var view = (await _hosts.Lower.Send(new DescribePolicy())).Value;
        Assert.Multiple(async () =>
        {
            Assert.That((before.Outcome, before.Reason), Is.EqualTo((EgressOutcome.Refused, "above-level")));
            Assert.That(after.Outcome, Is.EqualTo(EgressOutcome.Sent));
            Assert.That(view.Level, Is.Zero);
            Assert.That(view.Messages.Select(m => m.Name), Does.Contain("IncidentSummary"));
            Assert.That(await Audit("ChoosePolicy"), Has.Count.EqualTo(2));
            Assert.That((await Audit("EgressRefused")).Select(a => a.Arguments), Has.None.Contains("IncidentSummary"), "what the customer chose is no alarm");
        });
        await Choose(1);

        async Task Choose(int level) => Assert.That((await _hosts.Lower.Send(new ChoosePolicy(level))).Error, Is.Null);
    }

    [Test, Order(5)]
    public async Task A_day_that_is_over_is_signed_told_upward_and_the_whole_ledger_is_verified()
    {
        // As if all of it had left the day before: the chain is over the instants too, so it is made again.
        await On(_hosts.Lower, async (LinksDb db) =>
        {
            var hash = LedgerChain.Start;
            foreach (var row in await db.Ledger.OrderBy(r => r.Seq).ToListAsync())
            {
                row.At = row.At.AddDays(-1);
                row.Hash = hash = LedgerChain.HashOf(hash, row);
            }
            (await db.LedgerEnds.SingleAsync()).Hash = hash;
            return await db.SaveChangesAsync();
        });
        await using (var scope = _hosts.Lower.Services.CreateAsyncScope()) await scope.ServiceProvider.GetRequiredService<LedgerHeads>().SignWhatEnded(CancellationToken.None);
        await TwoHosts.Until(async () => (await Ledger()).Any(l => l.Message == "LedgerHead"));
        await TwoHosts.Until(async () => (await _hosts.Lower.Send(new ListOwnDays())).Value.Items is [{ Above: not null }]);
        var verdict = (await _hosts.Lower.Send(new VerifyEgress())).Value;
        var day = (await _hosts.Lower.Send(new ListOwnDays())).Value.Items[0];
        var held = (await Held()).Items.Single();
        Assert.Multiple(async () =>
        {
            Assert.That((verdict.Intact, verdict.SignedHeads, verdict.HeldDays, verdict.Reason), Is.EqualTo((true, 1, 1, (string?)null)));
            Assert.That((day.Above, day.AboveHash), Is.EqualTo(((HeldState?)HeldState.Continues, day.Hash)), "the host above holds what was signed here");
            Assert.That((held.State, held.Hash, held.Entries, held.DayEntries, held.DayBytes), Is.EqualTo((HeldState.First, day.Hash, day.Last, day.Entries, day.Bytes)));
            Assert.That(await Audit("EgressLedgerSigned"), Has.Count.EqualTo(1));
        });
    }

    [TestCase("links_ledger", "destination", "'elsewhere:1'", 2, "edited", 2), Order(6)]
    [TestCase("links_ledger", "bytes", "bytes + 1", 3, "edited", 3)]
    [TestCase("links_ledger", "hash", "zeroblob(32)", 2, "edited", 2)]
    [TestCase("links_ledger", "seq", "seq + 1000", 2, "missing", 2)]
    [TestCase("links_ledger_contents", "content", "x'00'", 1, "content", 1)]
    [TestCase("links_ledger_heads", "signature", "zeroblob(64)", 0, "signature", 0)]
    [TestCase("links_ledger_heads", "hash", "zeroblob(32)", 0, "head", 0)]
    [TestCase("links_ledger_heads", "last", "last + 1000", 0, "cut-off", 0)]
    [TestCase("links_receipts", "hash", "zeroblob(32)", 0, "held", 0)]
    [TestCase("links_receipts", "entries", "entries + 1000", 0, "held", 0)]
    public async Task A_flipped_byte_is_found_and_named(string table, string column, string value, long seq, string reason, long at)
    {
        await using var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(_hosts.Lower.Folder, "juming.db")};Pooling=False");
        await connection.OpenAsync();
        var where = seq > 0 ? $"seq = {seq}" : "1 = 1";
        var row = (await Ask(connection, $"SELECT rowid FROM {table} WHERE {where}", null))!;
        var before = await Ask(connection, $"SELECT {column} FROM {table} WHERE rowid = @at", row);
        await Ask(connection, $"UPDATE {table} SET {column} = {value} WHERE rowid = @at RETURNING 1", row);
        var verdict = (await _hosts.Lower.Send(new VerifyEgress())).Value;
        if (column == "seq") row = (long)row + 1000;
        await Ask(connection, $"UPDATE {table} SET {column} = @old WHERE rowid = @at RETURNING 1", row, before);
        Assert.Multiple(async () =>
        {
            Assert.That((verdict.Intact, verdict.Reason), Is.EqualTo((false, reason)));
            if (at > 0) Assert.That(verdict.At, Is.EqualTo(at));
            Assert.That((await _hosts.Lower.Send(new VerifyEgress())).Value.Intact, Is.True, "put back");
        });
    }

    [Test, Order(8)]
    public async Task An_export_is_verified_without_the_host_and_a_change_in_it_is_found()
    {
        var lines = await Export();
        var whole = ExportedLedger.Verify(lines);
        List<string> held = [(await Held()).Items.Single().ToLine()];
        List<string> rewritten = [((await Held()).Items.Single() with { Hash = new string('0', 64) }).ToLine()];
        var at = lines.FindIndex(l => l.Contains("\"seq\":2,", StringComparison.Ordinal));
        var changed = lines.ToList();
        changed[at] = changed[at].Replace("\"level\":1", "\"level\":3", StringComparison.Ordinal);
        var cut = lines.Where(l => !l.Contains("\"entry\"", StringComparison.Ordinal)).ToList();
        Assert.Multiple(() =>
        {
            Assert.That((whole.Intact, whole.SignedHeads), Is.EqualTo((true, 1)));
            Assert.That((ExportedLedger.Verify(changed).At, ExportedLedger.Verify(changed).Reason), Is.EqualTo((2L, "edited")));
            Assert.That(ExportedLedger.Verify(cut).Reason, Is.EqualTo("cut-off"), "the signed day vouches for more");
            Assert.That((ExportedLedger.Verify(lines, held).Intact, ExportedLedger.Verify(lines, held).HeldDays), Is.EqualTo((true, 1)));
            Assert.That(ExportedLedger.Verify(lines, rewritten).Reason, Is.EqualTo("held"), "the host above holds another end of the day");
            Assert.That(ExportedLedger.Verify(lines, [held[0].Replace("\"last\":", "\"last\":9", StringComparison.Ordinal)]).Reason, Is.EqualTo("held"));
            Assert.Throws<InvalidDataException>(() => ExportedLedger.Verify(lines, ["{\"entry\":{}}"]));
            Assert.Throws<InvalidDataException>(() => ExportedLedger.Verify(lines, ["{\"held\":{\"day\":1,\"last\":1,\"hash\":\"zz\",\"state\":\"First\"}}"]));
            Assert.Throws<InvalidDataException>(() => ExportedLedger.Verify(["{\"x\":1}"]));
            Assert.Throws<InvalidDataException>(() => ExportedLedger.Verify(["no json"]));
        });
    }

    [Test, Order(9)]
    public async Task What_is_beyond_the_hours_budget_stays_and_is_told()
    {
        var settings = _hosts.Lower.Services.GetRequiredService<LinksSettings>();
        var before = settings.EgressBytesPerHour;
        settings.EgressBytesPerHour = 1;
        var verdict = await Egress.Send(Sightings(9), CancellationToken.None);
        settings.EgressBytesPerHour = before;
        await TwoHosts.Until(async () => (await Audit("EgressRefused")).Any(a => a.Arguments.Contains("over-budget", StringComparison.Ordinal)));
        Assert.Multiple(async () =>
        {
            Assert.That((verdict.Outcome, verdict.Reason), Is.EqualTo((EgressOutcome.Refused, "over-budget")));
            Assert.That((await Egress.Send(Sightings(10), CancellationToken.None)).Outcome, Is.EqualTo(EgressOutcome.Sent));
        });
    }

    [Test, Order(10)]
    public async Task Contents_go_when_their_time_is_over_and_the_chain_stays_whole()
    {
        await On(_hosts.Lower, (LinksDb db) => db.LedgerContents.Where(c => c.Seq == 1).ExecuteUpdateAsync(s => s.SetProperty(c => c.At, TimeProvider.System.GetUtcNow().AddDays(-91))));
        await using (var scope = _hosts.Lower.Services.CreateAsyncScope()) await scope.ServiceProvider.GetRequiredService<LedgerUpkeep>().Run(CancellationToken.None);
        Assert.Multiple(async () =>
        {
            Assert.That((await _hosts.Lower.Send(new OpenLedgerEntry(1))).Value.State, Is.EqualTo(ContentState.HashOnly));
            Assert.That((await _hosts.Lower.Send(new OpenLedgerEntry(2))).Value.State, Is.EqualTo(ContentState.Exact));
            Assert.That((await _hosts.Lower.Send(new VerifyEgress())).Value.Intact, Is.True);
        });
    }

    private static async Task<object?> Ask(Microsoft.Data.Sqlite.SqliteConnection connection, string text, object? at, object? old = null)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = text;
        if (at is not null) command.Parameters.AddWithValue("@at", at);
        if (old is not null) command.Parameters.AddWithValue("@old", old);
        return await command.ExecuteScalarAsync();
    }

    private async Task<List<string>> Export()
    {
        var lines = new List<string>();
        var part = (await _hosts.Lower.Send(new ExportLedger(0))).Value;
        lines.AddRange(part.Heads.Select(head => System.Text.Json.JsonSerializer.Serialize(new { head }, System.Text.Json.JsonSerializerOptions.Web)));
        lines.AddRange(part.Entries.Select(entry => System.Text.Json.JsonSerializer.Serialize(new { entry }, System.Text.Json.JsonSerializerOptions.Web)));
        return lines;
    }

    private async Task<HeldDays> Held()
    {
        await using var scope = _hosts.Upper.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IHeldLedgers>().Of(_hosts.Peer, 0, 50, CancellationToken.None);
    }

    private async Task<IReadOnlyList<LedgerLine>> Ledger() => (await _hosts.Lower.Send(new ListLedger(null, null, null, null, null, null, 200))).Value.Items;

    private async Task<IReadOnlyList<AuditLine>> Audit(string action) => (await _hosts.Lower.Send(new SearchAudit(null, null, 100, Action: action))).Value;

    private static async Task<TAnswer> On<TDb, TAnswer>(Juming.Testing.RunningTier tier, Func<TDb, Task<TAnswer>> look) where TDb : ModuleDbContext
    {
        await using var scope = tier.Services.CreateAsyncScope();
        return await look(scope.ServiceProvider.GetRequiredService<TDb>());
    }

    private static IndicatorSightings Sightings(ulong hits) => new() { Indicator = Identity(), Hits = hits, LastAt = 1_790_000_000_000_000 };

    private static string KeyOf(IndicatorSightings sightings) => "3." + Convert.ToHexStringLower(sightings.Indicator.Span);

    private static ByteString Identity() => ByteString.CopyFrom(Guid.CreateVersion7().ToByteArray(bigEndian: true));
}
