using System.Globalization;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Ssh.Commands;
using Juming.Site.Ssh.Data;
using Juming.Site.Ssh.Session;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Ssh.Effects;

/// <summary>
/// Brings effects about, once each: the check reads the host, a row tells what was and that it begins, the script runs, and the check reads the host again. What broke off
/// in between is settled by the check alone.
/// </summary>
internal sealed class CommandRunner(SshDb db, HostDesk desk, TemplateShelf shelf, CurrentActor current, TimeProvider clock, IEffectPoints points)
{
    private const int MostEvidence = 4000;

    // The network may still deliver what was sent when the connection broke off.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    public async Task<CommandOutcome> Apply(CommandOrder order, CancellationToken ct)
    {
        if (await Glance(order.Key, ct) is { State: not EffectState.Acting } over) return Told(over);
        var plan = await CommandPlan.Of(db, shelf, order.Host, order.Command, order.Kind, order.Inputs, ct);
        if (plan.Refusal is { } refusal) return Refused(refusal, plan.Detail);
        await using var visit = await desk.Visit(plan.Host!.Id, ct);
        if (visit.Signed.Failure is { } failure) return Refused(failure, visit.Signed.Detail);
        // Another with the same key may have come first while this one waited for its turn.
        var row = await Row(order.Key, ct);
        if (row is { State: not EffectState.Acting }) return Told(row);
        if (row is not null) plan = CommandPlan.Of(visit.Host!, row);
        return plan.Template!.Read is not null ? await Read(visit, plan, order, ct) : await Change(visit, plan, order, row, ct);
    }

    public async Task<CommandOutcome> Look(CommandOrder order, CancellationToken ct)
    {
        if (await Glance(order.Key, ct) is not { } there) return new CommandOutcome { Standing = CommandStanding.NotBegun };
        if (there.State != EffectState.Acting) return Told(there);
        await using var visit = await desk.Visit(there.HostId, ct);
        var row = (await Row(order.Key, ct))!;
        if (row.State != EffectState.Acting) return Told(row);
        if (visit.Signed.Failure is { } failure) return Unknown(row, failure.Code, visit.Signed.Detail);
        var now = await Check(visit, CommandPlan.Of(visit.Host!, row), ct);
        return now.Answer switch
        {
            RemoteAnswer.There => await End(row, EffectState.Done, "", Evidence(row, now), ct),
            RemoteAnswer.Absent => Early(row) ?? new CommandOutcome { Standing = CommandStanding.NotBegun, Effect = row.Id },
            _ => Unknown(row, Why(now).Code, now.Said),
        };
    }

    public async Task<CommandOutcome> Undo(CommandOrder order, CancellationToken ct)
    {
        if (await Glance(order.Key, ct) is not { Changed: true } there || there.State == EffectState.Undone) return new CommandOutcome { Standing = CommandStanding.Done };
        await using var visit = await desk.Visit(there.HostId, ct);
        var row = (await Row(order.Key, ct))!;
        if (visit.Signed.Failure is { } failure) return Refused(failure, visit.Signed.Detail) with { Effect = row.Id };
        var plan = CommandPlan.Of(visit.Host!, row);
        if (plan.Template!.Undo is not { } undo) return Refused(SshErrors.NoInverse, "") with { Effect = row.Id };
        var now = await Check(visit, plan, ct);
        if (now.Answer is not (RemoteAnswer.There or RemoteAnswer.Absent)) return Refused(Why(now), now.Said) with { Effect = row.Id };
        if (!IsAsBefore(row, now))
        {
            row.State = EffectState.Undoing;
            await db.SaveChangesAsync(ct);
            var ran = await Run(visit, plan, undo, row.Was, ct);
            points.Reach(IEffectPoints.Applied);
            now = await Check(visit, plan, ct);
            if (now.Answer is not (RemoteAnswer.There or RemoteAnswer.Absent)) return Unknown(row, Why(now).Code, now.Said);
            if (!IsAsBefore(row, now)) return Refused(ran.Answer == RemoteAnswer.Refused ? Why(ran) : now.Answer == RemoteAnswer.There ? SshErrors.NotVerified : SshErrors.NotAsBefore, ran.Said) with { Effect = row.Id };
        }
        return await End(row, EffectState.Undone, "", Evidence(row, now), ct);
    }

    private static bool IsAsBefore(EffectRow row, RemoteReading now) => now.Answer == RemoteAnswer.Absent && now.Was == row.Was;

    private async Task<CommandOutcome> Change(HostVisit visit, CommandPlan plan, CommandOrder order, EffectRow? row, CancellationToken ct)
    {
        var before = await Check(visit, plan, ct);
        if (before.Answer == RemoteAnswer.There) return await End(row ?? Begin(visit, plan, order), EffectState.Done, "", Evidence(row, before), ct);
        // Nothing was sent that changes anything, so this is a failure for certain, unless an earlier try broke off.
        if (before.Answer != RemoteAnswer.Absent) return row is null ? Refused(Why(before), before.Said, before.Output) : Unknown(row, Why(before).Code, before.Said);
        if (row is not null && Early(row) is { } early) return early;
        row ??= Begin(visit, plan, order);
        (row.Changed, row.Was, row.StartedAt) = (true, before.Was, clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        points.Reach(IEffectPoints.Begun);
        var ran = await Run(visit, plan, plan.Template!.Apply!, row.Was, ct);
        points.Reach(IEffectPoints.Applied);
        return await Settle(visit, plan, row, ran, ct);
    }

    /// <summary>Reads the host after the script ran. Its exit status proves nothing.</summary>
    private async Task<CommandOutcome> Settle(HostVisit visit, CommandPlan plan, EffectRow row, RemoteReading ran, CancellationToken ct)
    {
        row.Output = ran.Output;
        // It was refused, or never began: there is nothing to take back either.
        if (ran.Answer is RemoteAnswer.Refused or RemoteAnswer.NotBegun && ran.Failure is null)
        {
            row.Changed = false;
            return await End(row, EffectState.Failed, Why(ran).Code, Evidence(row, null, ran), ct);
        }
        var after = await Check(visit, plan, ct);
        if (after.Answer == RemoteAnswer.There) return await End(row, EffectState.Done, "", Evidence(row, after, ran), ct);
        if (after.Answer != RemoteAnswer.Absent) return Unknown(row, Why(after).Code, after.Said);
        // Without an exit status it may still be at work.
        if (ran.Exit is null) return Early(row) ?? new CommandOutcome { Standing = CommandStanding.NotBegun, Effect = row.Id };
        var code = ran.Failure ?? (ran.Exit == 0 ? SshErrors.NotVerified.Code : SshErrors.CommandFailed.Code);
        return await End(row, EffectState.Failed, code, Evidence(row, after, ran), ct);
    }

    private async Task<CommandOutcome> Read(HostVisit visit, CommandPlan plan, CommandOrder order, CancellationToken ct)
    {
        var read = await Run(visit, plan, plan.Template!.Read!, "", ct);
        var row = Begin(visit, plan, order);
        row.Output = read.Output;
        var code = read.Answer == RemoteAnswer.Silent && read is { Exit: 0, Failure: null } ? "" : read.Answer == RemoteAnswer.Silent && read.Failure is null ? SshErrors.CommandFailed.Code : Why(read).Code;
        return await End(row, code.Length == 0 ? EffectState.Done : EffectState.Failed, code, Evidence(row, null, read), ct);
    }

    /// <summary>Too early to tell that it will not come about; null when it is late enough.</summary>
    private CommandOutcome? Early(EffectRow row)
    {
        var limit = TemplateReader.Read(row.Yaml).Template!.Limit;
        var over = row.StartedAt + limit + TimeSpan.FromSeconds(RemoteScript.KillAfter) + Grace;
        var now = clock.GetUtcNow();
        return now >= over ? null : new CommandOutcome { Standing = CommandStanding.Pending, Code = SshErrors.StillRunning.Code, Effect = row.Id, LookAt = now + BetweenLooks < over ? now + BetweenLooks : over };
    }

    private static Task<RemoteReading> Check(HostVisit visit, CommandPlan plan, CancellationToken ct) => Run(visit, plan, plan.Template!.Check!, "", ct);

    public static async Task<RemoteReading> Run(HostVisit visit, CommandPlan plan, string body, string was, CancellationToken ct)
    {
        var script = RemoteScript.Of(plan.Template!, body, visit.Host!, plan.Values, was);
        return RemoteReading.Of(script.Mark, await visit.Signed.Session!.Run(script, plan.Template!.Limit, plan.Template.MostBytes, ct));
    }

    /// <summary>Why a script came to nothing.</summary>
    public static Error Why(RemoteReading reading)
    {
        if (reading.Answer == RemoteAnswer.Refused) return SshErrors.OfScripts.GetValueOrDefault(reading.Was, SshErrors.CheckUnclear);
        if (reading.Failure is { } failure) return new[] { SshErrors.CommandTimedOut, SshErrors.TooMuchOutput }.FirstOrDefault(e => e.Code == failure) ?? SshErrors.Broken;
        if (reading.Answer != RemoteAnswer.NotBegun) return SshErrors.CheckUnclear;
        return reading.Said.StartsWith("sudo:", StringComparison.Ordinal) ? SshErrors.SudoRefused : SshErrors.NoShell;
    }

    /// <summary>Before the host's turn, when another may still be at it.</summary>
    private Task<EffectRow?> Glance(string key, CancellationToken ct) => db.Effects.AsNoTracking().FirstOrDefaultAsync(e => e.Key == key, ct);

    private Task<EffectRow?> Row(string key, CancellationToken ct) => db.Effects.FirstOrDefaultAsync(e => e.Key == key, ct);

    private EffectRow Begin(HostVisit visit, CommandPlan plan, CommandOrder order)
    {
        var row = new EffectRow
        {
            Key = order.Key,
            HostId = visit.Host!.Id,
            HostName = visit.Host.Name,
            Command = plan.Template!.Id,
            CommandVersion = plan.Template.Version,
            Yaml = plan.Template.Yaml,
            Inputs = JsonSerializer.Serialize(plan.Values),
            State = EffectState.Acting,
            StartedAt = clock.GetUtcNow(),
            By = current.Actor.Name,
        };
        db.Add(row);
        return row;
    }

    private async Task<CommandOutcome> End(EffectRow row, EffectState state, string code, Dictionary<string, string> evidence, CancellationToken ct)
    {
        (row.State, row.Code, row.Evidence, row.EndedAt) = (state, code, JsonSerializer.Serialize(evidence), clock.GetUtcNow());
        await db.SaveChangesAsync(ct);
        points.Reach(IEffectPoints.Kept);
        return Told(row);
    }

    private static CommandOutcome Told(EffectRow row) => new()
    {
        Standing = row.State == EffectState.Failed ? CommandStanding.Failed : CommandStanding.Done,
        Code = row.Code,
        Effect = row.Id,
        Changed = row.Changed,
        Output = row.Output,
        Evidence = JsonSerializer.Deserialize<Dictionary<string, string>>(row.Evidence)!,
    };

    private static CommandOutcome Unknown(EffectRow row, string code, string detail) => new() { Standing = CommandStanding.Unknown, Code = code, Effect = row.Id, Evidence = Detailed(detail) };

    private static CommandOutcome Refused(Error why, string detail, string output = "") => new() { Standing = CommandStanding.Failed, Code = why.Code, MayPass = why.Kind == ErrorKind.Unavailable, Evidence = Detailed(detail, output) };

    private static Dictionary<string, string> Detailed(string detail, string output = "")
    {
        var evidence = new Dictionary<string, string>();
        if (detail.Length > 0) evidence["detail"] = RemoteText.Head(detail, MostEvidence);
        if (output.Length > 0) evidence["output"] = RemoteText.Head(output, MostEvidence);
        return evidence;
    }

    private static Dictionary<string, string> Evidence(EffectRow? row, RemoteReading? check, RemoteReading? ran = null)
    {
        var evidence = Detailed(ran?.Said ?? "", ran?.Output ?? "");
        if (row is { Was.Length: > 0 }) evidence["before"] = RemoteText.Head(RemoteReading.Shown(row.Was) ?? "", MostEvidence);
        if (check is not null) evidence["check"] = check.Answer.ToString();
        if (check is { Output.Length: > 0 }) evidence["after"] = RemoteText.Head(check.Output, MostEvidence);
        if (ran?.Exit is { } exit) evidence["exit"] = exit.ToString(CultureInfo.InvariantCulture);
        return evidence;
    }
}
