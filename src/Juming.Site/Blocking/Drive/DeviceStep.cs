using Juming.Site.Blocking.Blocks;
using Juming.Site.Blocking.Data;
using Juming.Site.Blocking.Protection;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Blocking.Drive;

/// <summary>
/// Takes one entry one step further on one device. The row says what is about to be done before the device is touched, and what became of it only counts when the row
/// still says so: whoever lifts or extends in between is heard.
/// </summary>
internal sealed class DeviceStep(BlockingDb db, BlockTurn turn, DeviceOrders orders, IProtectedAddresses book, RefusalBook refusals, BlockingSettings settings, TimeProvider clock)
{
    private static readonly TimeSpan Never = TimeSpan.FromDays(3650);

    private TimeSpan Drift => TimeSpan.FromMinutes(settings.DriftMinutes);

    public async Task Go(Guid entryId, Guid deviceId, CancellationToken ct)
    {
        var (entry, row) = await Load(entryId, deviceId, ct);
        switch (row.State)
        {
            case BlockState.Wanted:
                await Apply(entry, row, ct);
                break;
            case BlockState.Applying:
                // Nobody drives it: the program ended in the middle.
                await Change(entry, row, BlockState.Applying, r => (r.State, r.Begun) = (BlockState.Unknown, false), ct);
                break;
            case BlockState.Unknown or BlockState.Set:
                await FindOut(entry, row, ct);
                break;
            case BlockState.Verified or BlockState.Drifted:
                await CheckDrift(entry, row, ct);
                break;
            case BlockState.Expired:
                await Remove(entry, row, ct);
                break;
            default:
                break;
        }
    }

    private async Task Apply(EntryRow entry, OnDeviceRow row, CancellationToken ct)
    {
        // The last gate: what was wished for while it was allowed, or came into the table past every page, is looked at once more.
        var check = await book.Check(entry.Target, ct);
        if (BlockDesk.Refusal(check, new BlockWish { Key = entry.Key, Target = entry.Target, Reason = "", By = entry.By, Automatic = entry.Automatic, TwoAgreed = entry.TwoAgreed }) is { } refused)
        {
            await refusals.Note(entry.Target, BlockDesk.Code(refused), check.Entry, entry.By, true, ct);
            await Change(entry, row, BlockState.Wanted, r => Fail(r, BlockState.Failed, BlockDesk.Code(refused), null), ct);
            return;
        }
        if (!await Change(entry, row, BlockState.Wanted, r => (r.State, r.Begun, r.Tries) = (BlockState.Applying, true, r.Tries + 1), ct)) return;
        var outcome = await orders.Block(entry, row, ct);
        await Change(entry, row, BlockState.Applying, r => TakeBlock(r, outcome), ct);
    }

    private void TakeBlock(OnDeviceRow row, BlockOutcome outcome)
    {
        (row.Begun, row.Run, row.Reference) = (false, outcome.Run ?? row.Run, outcome.Reference ?? row.Reference);
        if (outcome.Reading == BlockReading.Present) Verify(row);
        else if (outcome.Reading == BlockReading.Absent && outcome.Failure is null) Fail(row, BlockState.Failed, Progress.NotInList, outcome);
        else if (outcome.Reading == BlockReading.Absent || outcome.Changed == false) Refused(row, outcome.Failure ?? "unread");
        // It may have done it: the device is read, and never told a second time before that.
        else if (outcome.Changed == true && outcome.Failure is null) Later(row, BlockState.Set, null, 0);
        else Later(row, BlockState.Unknown, outcome.Failure, 0);
    }

    /// <summary>The device was not changed. A failure that may pass is tried again, a few times.</summary>
    private void Refused(OnDeviceRow row, string failure)
    {
        if (DeviceOrders.MayPass(failure) && row.Tries <= settings.RetryMilliseconds.Length) Later(row, BlockState.Wanted, failure, row.Tries - 1);
        else Fail(row, BlockState.Failed, failure, null);
    }

    private async Task FindOut(EntryRow entry, OnDeviceRow row, CancellationToken ct)
    {
        var state = row.State;
        var outcome = await orders.Look(entry, row, ct);
        await Change(entry, row, state, r =>
        {
            r.Run = outcome.Run ?? r.Run;
            if (outcome.Reading == BlockReading.Present) Verify(r);
            else if (outcome.Reading == BlockReading.Unknown) Again(r, state, outcome.Failure ?? "unread");
            else if (state == BlockState.Set || r.Tries > settings.RetryMilliseconds.Length) Fail(r, BlockState.Failed, Progress.NotInList, outcome);
            else
            {
                // It is known now that nothing was done, so doing it is a new effect with a key of its own.
                (r.Effect, r.Begun) = (r.Effect + 1, false);
                Later(r, BlockState.Wanted, null, 0);
                r.NextAt = clock.GetUtcNow();
            }
        }, ct);
    }

    private async Task CheckDrift(EntryRow entry, OnDeviceRow row, CancellationToken ct)
    {
        var state = row.State;
        var outcome = await orders.Look(entry, row, ct);
        var vanished = await Change(entry, row, state, r =>
        {
            r.NextAt = clock.GetUtcNow() + Drift;
            if (outcome.Reading == BlockReading.Present) Verify(r);
            else if (outcome.Reading == BlockReading.Absent) (r.State, r.At, r.Failure) = (BlockState.Drifted, clock.GetUtcNow(), "vanished");
            else if (!DeviceOrders.MayPass(outcome.Failure)) (r.Failure, r.NextAt) = (outcome.Failure, clock.GetUtcNow() + (outcome.Failure == DeviceOrders.WaitsForApproval ? Drift : Never));
        }, ct) && row.State == BlockState.Drifted;
        // Somebody may have taken it away on purpose: once it is put back, after that a person decides.
        if (vanished && row.PutBack == 0)
            await Change(entry, row, BlockState.Drifted, r =>
            {
                r.Intend(BlockState.Wanted, clock.GetUtcNow());
                r.PutBack++;
            }, ct);
    }

    private async Task Remove(EntryRow entry, OnDeviceRow row, CancellationToken ct)
    {
        if (row.Begun)
        {
            // An order was on its way when the program ended or a person decided otherwise.
            var seen = await orders.Look(entry, row, ct);
            if (seen.Reading != BlockReading.Present)
            {
                await Change(entry, row, BlockState.Expired, r => TakeRemoval(r, seen with { Changed = null }), ct);
                return;
            }
            if (!await Change(entry, row, BlockState.Expired, r => r.Effect++, ct)) return;
        }
        if (!await Change(entry, row, BlockState.Expired, r => r.Begun = true, ct)) return;
        var outcome = await orders.Unblock(entry, row, ct);
        await Change(entry, row, BlockState.Expired, r => TakeRemoval(r, outcome), ct);
    }

    private void TakeRemoval(OnDeviceRow row, BlockOutcome outcome)
    {
        (row.Run, row.Tries) = (outcome.Run ?? row.Run, row.Tries + 1);
        if (outcome.Reading == BlockReading.Absent)
        {
            (row.State, row.Begun, row.Failure, row.At) = (BlockState.Removed, false, null, clock.GetUtcNow());
            return;
        }
        row.Begun = outcome.Reading == BlockReading.Unknown && outcome.Changed != false;
        var failure = outcome.Failure ?? (outcome.Reading == BlockReading.Present ? "still-in-list" : "unread");
        var mayPass = outcome.Failure is not null && DeviceOrders.MayPass(outcome.Failure);
        if (mayPass && row.Tries <= settings.RetryMilliseconds.Length) Later(row, BlockState.Expired, failure, row.Tries - 1);
        else Fail(row, BlockState.RemoveFailed, failure, outcome);
    }

    private void Verify(OnDeviceRow row)
    {
        var now = clock.GetUtcNow();
        (row.State, row.Failure, row.At, row.NextAt, row.Tries) = (BlockState.Verified, null, now, now + Drift, 0);
    }

    /// <summary>It could not be read. It is looked at again with growing pauses, unless another try could do harm; then a person must ask for it.</summary>
    private void Again(OnDeviceRow row, BlockState state, string failure)
    {
        row.Tries++;
        Later(row, state, failure, row.Tries - 1);
        if (row.Tries > settings.RetryMilliseconds.Length) row.NextAt = clock.GetUtcNow() + Drift;
        if (!DeviceOrders.MayPass(failure) && failure is not ("unread" or DeviceOrders.WaitsForApproval)) row.NextAt = clock.GetUtcNow() + Never;
    }

    private void Later(OnDeviceRow row, BlockState state, string? failure, int pause)
    {
        var now = clock.GetUtcNow();
        (row.State, row.Failure, row.At) = (state, failure, now);
        row.NextAt = now.AddMilliseconds(settings.RetryMilliseconds[Math.Clamp(pause, 0, settings.RetryMilliseconds.Length - 1)]);
    }

    private void Fail(OnDeviceRow row, BlockState state, string failure, BlockOutcome? outcome) =>
        (row.State, row.Begun, row.Failure, row.At, row.Run) = (state, false, failure, clock.GetUtcNow(), outcome?.Run ?? row.Run);

    private async Task<(EntryRow Entry, OnDeviceRow Row)> Load(Guid entryId, Guid deviceId, CancellationToken ct) =>
        (await db.Entries.AsNoTracking().FirstAsync(e => e.Id == entryId, ct), await db.OnDevices.AsNoTracking().FirstAsync(d => d.EntryId == entryId && d.DeviceId == deviceId, ct));

    /// <summary>Changes the row where it still stands as it did, durably, and carries the new standing into the copy at hand.</summary>
    private async Task<bool> Change(EntryRow entry, OnDeviceRow row, BlockState from, Action<OnDeviceRow> change, CancellationToken ct)
    {
        OnDeviceRow now;
        using (await turn.Enter(ct))
        {
            db.ChangeTracker.Clear();
            var whole = await db.Entries.FirstAsync(e => e.Id == entry.Id, ct);
            var devices = await db.DevicesOf(entry.Id, ct);
            now = devices.First(d => d.DeviceId == row.DeviceId);
            if (now.State != from || now.Effect != row.Effect) return false;
            change(now);
            now.Version++;
            db.Settle(whole, devices, clock.GetUtcNow());
            await db.SaveChangesAsync(ct);
        }
        var needsPerson = now.State != row.State && (now.State == BlockState.RemoveFailed || (now.State == BlockState.Failed && row.State != BlockState.Failed) || (now.State == BlockState.Drifted && now.PutBack > 0));
        (row.State, row.Begun, row.Effect, row.Tries, row.PutBack, row.Failure) = (now.State, now.Begun, now.Effect, now.Tries, now.PutBack, now.Failure);
        if (needsPerson) await orders.CallPerson(entry, row, ct);
        return true;
    }
}
