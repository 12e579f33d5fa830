using System.Diagnostics;
using System.Globalization;
using Juming.Site.Blocking;
using Juming.Testing.DeviceLinkage;
using Juming.Testing.Farm;

namespace Juming.Benchmarks.Linkage;

/// <summary>One console with its device in the register; each order's outcome is held against the console's truth log.</summary>
internal sealed class ConsoleVisit(LinkedSite site, ConsoleTally tally, FarmConsole console) : IAsyncDisposable
{
    private Guid _device;
    private bool _learned;
    private int _last;

    public async ValueTask DisposeAsync()
    {
        tally.Locked = console.TruthLog.Of("lock").Count;
        tally.WrongPasswords = console.TruthLog.Of("sign-in").Count(t => t.Outcome is "wrong-password" or "locked");
        await console.DisposeAsync();
    }

    /// <summary>Seen for the first time: found, rehearsed, approved, blocked, read back.</summary>
    public async Task FirstContact()
    {
        _device = await site.Add(console);
        var found = await site.Explore(_device);
        tally.Wrong += console.TruthLog.Mutations.Count;
        if (found.Recipe is not { } recipe)
        {
            Figures.Note($"{tally.Name}, first contact: {found.Failure} at {found.Step}: {found.Detail}\n{site.Film(found.Run)}");
            return;
        }
        await site.Approve(recipe);
        _learned = true;
        var (target, mark) = (Next(), Mark());
        var blocked = await site.Block(_device, target);
        tally.Wrong += Unordered(mark, target, "block");
        tally.BlockedAtFirst = Holds(blocked, target);
        if (!tally.BlockedAtFirst) Tell("first contact", target, blocked);
        mark = Mark();
        var lifted = await site.Unblock(_device, target);
        tally.Wrong += Unordered(mark, target, "unblock");
        if (!IsGone(lifted, target)) Tell("first contact, unblock", target, lifted);
    }

    /// <summary>Block, read-back, unblock.</summary>
    public async Task Round()
    {
        tally.Rounds++;
        if (!_learned) return;
        var (target, mark, began) = (Next(), Mark(), Stopwatch.GetTimestamp());
        var blocked = await site.Block(_device, target);
        tally.Milliseconds.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        var wrong = Unordered(mark, target, "block");
        var held = Holds(blocked, target);
        if (!held || wrong > 0) Tell("block", target, blocked);
        mark = Mark();
        var lifted = await site.Unblock(_device, target);
        wrong += Unordered(mark, target, "unblock");
        var gone = IsGone(lifted, target);
        if (!gone || wrong > 0) Tell("unblock", target, lifted);
        tally.Wrong += wrong;
        if (held && gone && wrong == 0) tally.Right++;
    }

    /// <summary>After the vendor's upgrade a round finds its way or stops before it has changed anything.</summary>
    public async Task Upgrade(int rounds)
    {
        if (!_learned) return;
        console.Version = 2;
        for (var i = 0; i < rounds; i++)
        {
            tally.UpgradedRounds++;
            var (target, mark) = (Next(), Mark());
            var blocked = await site.Block(_device, target);
            var wrong = Unordered(mark, target, "block");
            if (blocked.Failure is not null) Tell("upgraded, block", target, blocked);
            if (Holds(blocked, target) && wrong == 0)
            {
                mark = Mark();
                var lifted = await site.Unblock(_device, target);
                wrong += Unordered(mark, target, "unblock");
                if (IsGone(lifted, target)) tally.Healed++;
                // What can't be taken away any more is told as such and stands in the list as before.
                else if (lifted is { Failure: not null, Reading: not BlockReading.Absent } && mark == Mark()) tally.Stopped++;
                if (lifted.Failure is not null) Tell("upgraded, unblock", target, lifted);
            }
            else if (blocked.Failure is not null && mark == Mark()) tally.Stopped++;
            tally.WrongUpgraded += wrong;
        }
    }

    /// <summary>The same with a person who approves what each run suggests, at most three times for one order; only then it must come about.</summary>
    public async Task Approve(int rounds)
    {
        if (!_learned) return;
        tally.Approvals += await site.ApproveSuggestions(_device);
        for (var i = 0; i < rounds; i++)
        {
            tally.ApprovedRounds++;
            var (target, mark) = (Next(), Mark());
            var blocked = await Approving(() => site.Block(_device, target));
            var wrong = Unordered(mark, target, "block");
            var held = Holds(blocked, target);
            if (!held) Tell("approved, block", target, blocked);
            mark = Mark();
            var lifted = held ? await Approving(() => site.Unblock(_device, target)) : blocked;
            wrong += Unordered(mark, target, "unblock");
            if (held && !IsGone(lifted, target)) Tell("approved, unblock", target, lifted);
            if (held && IsGone(lifted, target) && wrong == 0) tally.HealedAfterApproval++;
            tally.WrongUpgraded += wrong;
        }
    }

    private async Task<BlockOutcome> Approving(Func<Task<BlockOutcome>> order)
    {
        var outcome = await order();
        for (var again = 0; again < 3 && outcome.Failure == "healing-waits" && await site.ApproveSuggestions(_device) is > 0 and var approved; again++)
        {
            tally.Approvals += approved;
            outcome = await order();
        }
        return outcome;
    }

    private bool Holds(BlockOutcome outcome, string target) => outcome is { Reading: BlockReading.Present, Failure: null } && console.InForce.Contains(target);

    private bool IsGone(BlockOutcome outcome, string target) => outcome is { Reading: BlockReading.Absent, Failure: null } && !console.InForce.Contains(target);

    private int Mark() => console.TruthLog.Mutations.Count;

    /// <summary>Acts since the mark beyond the one that was ordered and what puts it into effect.</summary>
    private int Unordered(int mark, string target, string act)
    {
        var done = console.TruthLog.Mutations.Skip(mark).Where(m => m.Act != "commit").ToList();
        var ordered = done.Count(m => m.Act == act && m.Target == target);
        return done.Count - Math.Min(ordered, 1);
    }

    // Of the ranges for documentation, one after the other.
    private string Next() => string.Create(CultureInfo.InvariantCulture, $"203.0.113.{1 + (_last++ % 250)}");

    private void Tell(string what, string target, BlockOutcome outcome) =>
        Figures.Note($"{tally.Name}, {what} {target}: {outcome.Reading}, {outcome.Failure ?? "no failure"}; truth: {string.Join(", ", console.TruthLog.Mutations.TakeLast(4).Select(m => $"{m.Act} {m.Target} {m.Outcome}"))}\n{site.Film(outcome.Run)}");
}
