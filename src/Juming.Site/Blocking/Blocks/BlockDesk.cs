using System.Globalization;
using Juming.Platform.Handlers;
using Juming.Site.Blocking.Data;
using Juming.Site.Blocking.Drive;
using Juming.Site.Blocking.Protection;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Blocking.Blocks;

/// <summary>Grants wishes or refuses them. Everything that is wished for, by a person, a file or a playbook, comes through here.</summary>
internal sealed class BlockDesk(BlockingDb db, BlockTurn turn, IProtectedAddresses book, RefusalBook refusals, DeviceBook devices, DeviceChoice choice, BlockingSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>Grants a wish, once for its key.</summary>
    /// <param name="wish">The wish, well formed.</param>
    /// <param name="record">No command's audit line carries a refusal; it gets one of its own.</param>
    /// <param name="ct">Cancels.</param>
    public async Task<Result<Guid>> Want(BlockWish wish, bool record, CancellationToken ct)
    {
        var check = await book.Check(wish.Target, ct);
        var all = (await devices.All(ct)).Select(d => d.Device);
        using var held = await turn.Enter(ct);
        if (await db.Wishes.AsNoTracking().FirstOrDefaultAsync(w => w.Key == wish.Key, ct) is { } granted)
            return await db.Entries.AnyAsync(e => e.Id == granted.EntryId && (check.Target == null || e.Target == check.Target), ct) ? granted.EntryId : BlockingErrors.KeyOfOther;
        if (Refusal(check, wish) is { } refused)
        {
            await refusals.Note(wish.Target, Code(refused), check.Entry, wish.By, record, ct);
            return refused;
        }
        if (wish.Automatic && await Held(ct) is { } brake) return brake;
        var entry = await db.Entries.FirstOrDefaultAsync(e => e.Target == check.Target && !e.Ended, ct);
        var chosen = await choice.Of(wish, all, entry?.Id, ct);
        if (chosen.Error is { } none) return none;
        var now = clock.GetUtcNow();
        entry ??= db.Add(await Opened(wish, check.Target!, now, ct)).Entity;
        await PutOn(entry, chosen.Value, now, ct);
        Extend(entry, now + (wish.For ?? await StepFor(check.Target!, entry, ct)));
        db.Add(new WishRow { Key = wish.Key, EntryId = entry.Id, By = wish.By, Automatic = wish.Automatic, At = now });
        await db.SaveChangesAsync(ct);
        turn.Ring();
        return entry.Id;
    }

    /// <summary>What a wish would do; changes and records nothing.</summary>
    public async Task<BlockForecast> Foresee(BlockWish wish, CancellationToken ct)
    {
        var check = await book.Check(wish.Target, ct);
        var entry = await db.Entries.AsNoTracking().FirstOrDefaultAsync(e => e.Target == check.Target && !e.Ended, ct);
        var lasts = wish.For ?? await StepFor(check.Target ?? "", entry, ct);
        if (Refusal(check, wish) is { } refused) return new BlockForecast(check.Target, Code(refused), check.Entry, [], lasts, entry is not null);
        var brake = wish.Automatic ? await Held(ct) : null;
        var chosen = await choice.Of(wish, (await devices.All(ct)).Select(d => d.Device), entry?.Id, ct);
        var refusal = brake ?? chosen.Error;
        return new BlockForecast(check.Target, refusal is null ? null : Code(refusal), null, chosen.Succeeded ? chosen.Value : [], lasts, entry is not null);
    }

    /// <summary>The last part of an error's code: what it is called among modules.</summary>
    public static string Code(Error error) => error.Code["blocking.".Length..];

    /// <summary>Why the target itself may not be blocked; null when it may.</summary>
    public static Error? Refusal(TargetCheck check, BlockWish wish) => check.Refusal switch
    {
        "protected" => BlockingErrors.Protected.With("entry", check.Entry ?? ""),
        "too-wide" => BlockingErrors.TooWide.With("target", check.Target ?? ""),
        "ambiguous" => BlockingErrors.Ambiguous,
        "name" => BlockingErrors.Name,
        null when check.Wide && (wish.Automatic || !wish.TwoAgreed) => BlockingErrors.WideNeedsTwo.With("target", check.Target ?? ""),
        null => null,
        _ => BlockingErrors.Unreadable,
    };

    /// <summary>The brake and the limit of automation.</summary>
    private async Task<Error?> Held(CancellationToken ct)
    {
        if (await db.Brakes.AnyAsync(b => b.Paused, ct)) return BlockingErrors.Paused;
        var since = clock.GetUtcNow().AddHours(-1);
        return await db.Wishes.CountAsync(w => w.Automatic && w.At > since, ct) < settings.AutomaticPerHour
            ? null : BlockingErrors.RateLimit.With("most", settings.AutomaticPerHour.ToString(CultureInfo.InvariantCulture));
    }

    private async Task<EntryRow> Opened(BlockWish wish, string target, DateTimeOffset now, CancellationToken ct) => new()
    {
        Key = wish.Key,
        Target = target,
        Reason = wish.Reason.Trim(),
        Incident = wish.Incident,
        Run = wish.Run,
        By = wish.By,
        Automatic = wish.Automatic,
        TwoAgreed = wish.TwoAgreed,
        Offence = 1 + await Before(target, ct),
        Since = now,
        State = BlockState.Removed,
    };

    /// <summary>1, 7, then 30 days; what is blocked already keeps the step of its offence.</summary>
    private async Task<TimeSpan> StepFor(string target, EntryRow? entry, CancellationToken ct)
    {
        var offence = entry?.Offence ?? 1 + await Before(target, ct);
        return TimeSpan.FromDays(settings.OffenceDays[Math.Min(offence, settings.OffenceDays.Length) - 1]);
    }

    /// <summary>Earlier blocks of a target; what a person took back was no offence.</summary>
    private Task<int> Before(string target, CancellationToken ct) => db.Entries.CountAsync(e => e.Target == target && e.LiftedAt == null, ct);

    private async Task PutOn(EntryRow entry, IReadOnlyList<BlockDevice> chosen, DateTimeOffset now, CancellationToken ct)
    {
        var rows = await db.DevicesOf(entry.Id, ct);
        // A block that is on its way out comes back everywhere, not only where the new wish asks for it.
        if (entry.LiftedAt is not null || entry.Until <= now) foreach (var row in rows) row.Again(now);
        foreach (var device in chosen)
        {
            if (rows.Find(r => r.DeviceId == device.Id) is { } known)
            {
                if (device.Unable is null) known.Again(now);
                continue;
            }
            var row = db.Add(new OnDeviceRow { EntryId = entry.Id, DeviceId = device.Id, Device = device.Name, State = BlockState.Wanted, NextAt = now }).Entity;
            if (device.Unable is { } reason) (row.State, row.Failure, row.At) = (BlockState.Failed, reason, now);
            rows.Add(row);
        }
        (entry.LiftedAt, entry.LiftedBy, entry.LiftReason) = (null, "", "");
        db.Settle(entry, rows, now);
    }

    private void Extend(EntryRow entry, DateTimeOffset until)
    {
        var most = clock.GetUtcNow() + Longest;
        if (until > entry.Until) entry.Until = until < most ? until : most;
    }
}
