using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Juming.Platform.Data;
using Juming.Site.Detection.Data;
using Juming.Site.Events;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Detection.Alerts;

/// <summary>Makes of findings what the writer takes.</summary>
internal static class FindingAlerts
{
    private const long Hour = 3_600_000_000;
    private const int MostArgument = 500;

    // Counts of a code are one line, however many severities and techniques its findings have.
    private static readonly ConcurrentDictionary<string, AlertRule> Counted = new(StringComparer.Ordinal);

    /// <summary>What matches of a code are counted under.</summary>
    public static AlertRule CountedAs(string code) => Counted.GetOrAdd(code, static c => new AlertRule { Id = c, Title = c, Severity = Severity.Medium, Mode = RuleMode.Enabled });

    /// <summary>Key of equal findings at an instant: an hour of event time is one alert.</summary>
    public static Guid KeyOf(Finding finding, long at)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{finding.Code}\n{at / Hour}\n{finding.Key}"), hash);
        return new Guid(hash[..16]);
    }

    /// <summary>Opens a fold for a finding of an event.</summary>
    public static Fold Open(EventBatch batch, int index, Finding finding, Guid key, long at)
    {
        ref var header = ref batch.Events[index];
        var opening = Opening(finding, header.Received, header.SourceId);
        return new Fold { Key = key, Id = Parties.AlertId(opening.Rule, key, header.Id, header.Received), First = at, Last = at, Near = Fold.Longest, Opening = opening };
    }

    /// <summary>The row of what was found late: it belongs to no batch, and nothing grows it.</summary>
    public static AlertRow Row(LateFinding late, DateTimeOffset now)
    {
        var (first, last) = (PlainStatements.Micros(late.First), PlainStatements.Micros(late.Last));
        var opening = Opening(late.What, first, late.SourceId);
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{late.Run}\n{KeyOf(late.What, first)}"), hash);
        var key = new Guid(hash[..16]);
        var fold = new Fold { Key = key, Id = Parties.AlertId(opening.Rule, key, Guid.Empty, first), First = first, Last = last, Count = late.Count, Opening = opening };
        foreach (var id in late.Events.Take(fold.Events.Length)) fold.Events[fold.EventCount++] = id;
        return AlertRows.Of(fold, now);
    }

    private static NewAlert Opening(Finding finding, long received, int sourceId)
    {
        var rule = new AlertRule { Id = finding.Code, Title = finding.Code, Severity = finding.Severity, Tactics = AlertRule.Joined(finding.Tactics), Techniques = AlertRule.Joined(finding.Techniques), Mode = RuleMode.Enabled };
        var arguments = new SortedDictionary<string, string>(finding.Arguments.ToDictionary(a => a.Key, a => Cut(a.Value, MostArgument) ?? ""), StringComparer.Ordinal);
        return new NewAlert(rule, received, sourceId, new PartyTexts(Cut(finding.Attacker), Cut(finding.Victim), Cut(finding.Host), Cut(finding.Account), null), JsonSerializer.Serialize(arguments)) { Code = finding.Code, Subject = Cut(finding.Subject) };
    }

    private static string? Cut(string? text, int most = Fold.MostText) =>
        string.IsNullOrEmpty(text) ? null : text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];
}

/// <summary>Writes what was found in the past.</summary>
internal sealed class LateFindings(DetectionDb db, TimeProvider clock) : ILateFindings
{
    private const int AtOnce = 500;

    /// <inheritdoc/>
    public async Task Write(IReadOnlyList<LateFinding> findings, CancellationToken ct)
    {
        foreach (var some in findings.Chunk(AtOnce))
        {
            var rows = some.Select(f => FindingAlerts.Row(f, clock.GetUtcNow())).DistinctBy(r => r.Id).ToList();
            var ids = rows.ConvertAll(r => r.Id);
            var there = (await db.Alerts.AsNoTracking().Where(a => ids.Contains(a.Id)).Select(a => a.Id).ToListAsync(ct)).ToHashSet();
            rows.RemoveAll(r => there.Contains(r.Id));
            if (rows.Count == 0) continue;
            db.Publish(new AlertsRaised(rows.ConvertAll(r => r.Id)));
            await db.SaveWith(s => new AlertStatements(s).Insert(rows), ct);
        }
    }
}
