using System.Net;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Juming.Contracts.Egress;
using Juming.Platform.Links;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Egress.Gate;
using Juming.Platform.Links.Egress.Ledger;
using Juming.Platform.Links.Egress.Policy;
using Juming.Platform.Links.Upper;
using Juming.Site.Events;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Testing.Canaries;

/// <summary>What came of a run.</summary>
/// <param name="Planted">How many tokens were planted where.</param>
/// <param name="Messages">Messages that went up.</param>
/// <param name="Stored">Lines with tokens that the site holds: they did come in.</param>
/// <param name="Searched">Bytes that were searched.</param>
/// <param name="Hits">What was found.</param>
/// <param name="Leaked">What became of the message that leaks on purpose.</param>
public sealed record CanaryOutcome(IReadOnlyDictionary<string, int> Planted, int Messages, int Stored, long Searched, IReadOnlyList<CanaryHit> Hits, EgressVerdict Leaked);

/// <summary>
/// A whole site and a whole operator, linked over real TLS: tokens come into the site in every way, everything that may go up goes up at the highest level, and what was recorded at the
/// gate, inside TLS and at the operator is searched.
/// </summary>
public static class CanaryRun
{
    /// <summary>Runs.</summary>
    /// <param name="count">Tokens.</param>
    /// <param name="seed">Of the tokens.</param>
    /// <param name="leaks">The gate's dictionaries are off, and a mapper copies a log's message into a label: what the search is there to find.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<CanaryOutcome> Run(int count, int seed, bool leaks, CancellationToken ct)
    {
        var tokens = CanarySearch.Tokens(count, seed);
        var port = FreePort();
        RunningTier? upper = null, lower = null;
        using var tap = new WireTap(() => (Listening(upper!), upper!, lower!));
        try
        {
            upper = await RunningTier.Start("operator", settings: new Dictionary<string, string?> { ["Modules:Links:Listen"] = "127.0.0.1:0", ["Modules:Links:PublicUrl"] = tap.Url });
            lower = await RunningTier.Start("site", settings: new Dictionary<string, string?> { ["Modules:Collection:Udp:0"] = "127.0.0.1:0", ["Modules:Collection:Tcp:0"] = $"127.0.0.1:{port}", ["Modules:Incidents:OpenFrom"] = "Medium" },
                services: s =>
                {
                    if (leaks) s.AddSingleton(p => new EgressGate(p.GetRequiredService<LinksSettings>(), p.GetServices<IOwnAddresses>(), p.GetServices<IKnownDomains>()) { UseDictionaries = false });
                });
            return await Run(upper, lower, tap, port, tokens, ct);
        }
        finally
        {
            if (lower is not null) await lower.DisposeAsync();
            if (upper is not null) await upper.DisposeAsync();
        }
    }

    private static async Task<CanaryOutcome> Run(RunningTier upper, RunningTier lower, WireTap tap, int port, IReadOnlyList<string> tokens, CancellationToken ct)
    {
        await Join(upper, lower, ct);
        await lower.Send(new ChoosePolicy(3));
        var site = new CanarySite(lower, port, tokens);
        await site.Plant(ct);
        await Until(async () => (await Ledger(lower)).Any(l => l.Message == "IncidentSummary"), "an incident is told upward", ct);
        await site.Work(tokens[0]);
        var leaked = await Send(lower, tokens, ct);
        var sent = await Ledger(lower);
        await Until(() => On(upper, async db => await db.Inboxes.AnyAsync(i => i.Topic == Topics.Reports, ct) && await db.ArrivedValues.CountAsync(ct) >= 3), "all of it arrives", ct);
        await Task.Delay(TimeSpan.FromSeconds(1), ct);
        var (hits, searched) = await Search(upper, lower, tap, new CanarySearch(tokens), ct);
        return new CanaryOutcome(site.Planted, sent.Count, await Stored(lower, tokens, ct), searched, hits, leaked);
    }

    private static async Task Join(RunningTier upper, RunningTier lower, CancellationToken ct)
    {
        await LinkedTiers.Join(upper, lower);
        await Until(async () => (await Ledger(lower)).Any(l => l.Message == "SiteHealth"), "the two are linked", ct);
    }

    /// <summary>Sends what other modules send, and what none may: a mapper that copies a log's message into a label, and one that writes names into an identity.</summary>
    private static async Task<EgressVerdict> Send(RunningTier lower, IReadOnlyList<string> tokens, CancellationToken ct)
    {
        var egress = lower.Services.GetRequiredService<IEgress>();
        var id = ByteString.CopyFrom(Guid.CreateVersion7().ToByteArray(bigEndian: true));
        await egress.Send(new IndicatorSightings { Indicator = id, Hits = 7 }, ct);
        await egress.Send(new BulletinAnswer { Bulletin = id, Stage = BulletinStage.Done, AssetsAffected = 3 }, ct);
        await egress.Send(new IndicatorSightings { Indicator = ByteString.CopyFromUtf8(tokens[1]), Hits = 7 }, ct);
        await egress.Send(Smuggling(id, tokens[2]), ct);
        // Cut to what the field holds, as such a mapper would.
        return await egress.Send(new IncidentSummary { Incident = id, Attack = await Message(lower, tokens, ct) }, ct);
    }

    /// <summary>The first stored log's message that holds a token, cut to a label's length.</summary>
    private static async Task<string> Message(RunningTier lower, IReadOnlyList<string> tokens, CancellationToken ct)
    {
        var known = tokens.ToHashSet(StringComparer.Ordinal);
        await foreach (var batch in lower.Services.GetRequiredService<IEventStore>().ReadAfter(0, ct))
            foreach (var line in batch.Lines)
                if (Encoding.UTF8.GetString(line.Raw).Split(' ').FirstOrDefault(known.Contains) is { } message) return message[..12];
        throw new InvalidOperationException("No log with a token was stored.");
    }

    private static BulletinAnswer Smuggling(ByteString id, string text)
    {
        using var bytes = new MemoryStream();
        var output = new CodedOutputStream(bytes);
        new BulletinAnswer { Bulletin = id, Stage = BulletinStage.Answered }.WriteTo(output);
        output.WriteTag(999, WireFormat.WireType.LengthDelimited);
        output.WriteString(text);
        output.Flush();
        return BulletinAnswer.Parser.ParseFrom(bytes.ToArray());
    }

    private static async Task<(IReadOnlyList<CanaryHit>, long)> Search(RunningTier upper, RunningTier lower, WireTap tap, CanarySearch search, CancellationToken ct)
    {
        var hits = new List<CanaryHit>();
        var searched = 0L;
        Look("gate, keys", Encoding.UTF8.GetBytes(string.Join('\n', (await Ledger(lower)).Select(l => l.About))));
        foreach (var content in await On(lower, db => db.LedgerContents.Select(c => c.Content).ToListAsync(ct))) Look("gate", content);
        foreach (var payload in await On(lower, db => db.Log.Select(r => r.Payload).ToListAsync(ct))) Look("outbox", payload);
        foreach (var payload in await On(lower, db => db.Values.Select(r => r.Payload).ToListAsync(ct))) Look("outbox", payload);
        foreach (var connection in tap.Recorded)
        {
            Look("wire", connection);
            Look("wire, bodies", WireTap.BodiesOf(connection));
        }
        foreach (var file in Directory.EnumerateFiles(upper.Folder, "*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".sock", StringComparison.Ordinal)))
        {
            await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy, ct);
            Look("operator, " + Path.GetFileName(file), copy.ToArray());
        }
        return (hits, searched);

        void Look(string where, byte[] bytes)
        {
            searched += bytes.Length;
            hits.AddRange(search.In(where, bytes));
        }
    }

    private static async Task<int> Stored(RunningTier lower, IReadOnlyList<string> tokens, CancellationToken ct)
    {
        var search = new CanarySearch(tokens);
        var stored = 0;
        await foreach (var batch in lower.Services.GetRequiredService<IEventStore>().ReadAfter(0, ct))
            foreach (var line in batch.Lines)
                if (search.In("", line.Raw).Count > 0) stored++;
        return stored;
    }

    private static async Task<IReadOnlyList<LedgerLine>> Ledger(RunningTier lower) => (await lower.Send(new ListLedger(null, EgressPlace.Upper, null, null, null, null, 200))).Value.Items;

    private static async Task<T> On<T>(RunningTier tier, Func<LinksDb, Task<T>> look)
    {
        await using var scope = tier.Services.CreateAsyncScope();
        return await look(scope.ServiceProvider.GetRequiredService<LinksDb>());
    }

    private static IPEndPoint Listening(RunningTier upper) => IPEndPoint.Parse(new Uri(upper.Services.GetRequiredService<LinkListener>().Addresses[0]).Authority);

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private static async Task Until(Func<Task<bool>> holds, string what, CancellationToken ct)
    {
        for (var i = 0; i < 600; i++)
        {
            if (await holds()) return;
            await Task.Delay(100, ct);
        }
        throw new TimeoutException($"Not within a minute: {what}.");
    }
}
