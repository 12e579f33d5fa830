using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;

namespace Juming.Testing.Farm;

/// <summary>Where an entry stands. On a device without a commit step everything is in force at once.</summary>
public enum FarmEntryState
{
    /// <summary>The device acts on it.</summary>
    InForce,

    /// <summary>Saved, and not in force before a commit.</summary>
    Added,

    /// <summary>Deleted, and in force until a commit.</summary>
    Deleted,
}

/// <summary>An entry of a device's list. <paramref name="Minutes"/> is null for one that stays.</summary>
public sealed record FarmEntry(int Id, string Address, int? Minutes, string Comment, string By, DateTimeOffset Since, FarmEntryState State);

internal enum AddOutcome { Done, BadAddress, BadDuration, Duplicate, Full, Refused }

/// <summary>A list of addresses on a device, with the device's own rules. <paramref name="act"/> and <paramref name="undo"/> name its changes in the truth log.</summary>
internal sealed partial class FarmList(FarmConsole console, string act, string undo, bool commits)
{
    private readonly Lock _gate = new();
    private readonly List<FarmEntry> _entries = [];
    private int _last = 100;

    public int Capacity { get; set; } = 1000;

    /// <summary>Entries as a list page shows them, newest first.</summary>
    public IReadOnlyList<FarmEntry> Entries
    {
        get { lock (_gate) return [.. Pruned().AsEnumerable().Reverse()]; }
    }

    /// <summary>Addresses that the device really acts on.</summary>
    public IReadOnlyList<string> InForce
    {
        get { lock (_gate) return [.. Pruned().Where(e => e.State != FarmEntryState.Added).Select(e => e.Address)]; }
    }

    public bool IsDirty
    {
        get { lock (_gate) return _entries.Any(e => e.State != FarmEntryState.InForce); }
    }

    public FarmEntry? Find(string? id) => int.TryParse(id, CultureInfo.InvariantCulture, out var number) ? Entries.FirstOrDefault(e => e.Id == number) : null;

    public AddOutcome Add(Session session, string address, string? minutes, string comment)
    {
        address = address.Trim();
        var (outcome, length) = Check(session, address, minutes);
        lock (_gate)
        {
            if (outcome == AddOutcome.Done)
            {
                if (Pruned().Any(e => e.Address == address && e.State != FarmEntryState.Deleted)) outcome = AddOutcome.Duplicate;
                else if (_entries.Count >= Capacity) outcome = AddOutcome.Full;
            }
            if (console.Faults.FakeSuccess && outcome == AddOutcome.Done)
            {
                console.TruthLog.Add(session.User, act, address, "faked");
                return outcome;
            }
            if (outcome == AddOutcome.Done) Put(address, length, comment, session.User, commits ? FarmEntryState.Added : FarmEntryState.InForce);
        }
        console.TruthLog.Add(session.User, act, address, Word(outcome), length is { } m ? $"{m} min" : "");
        return outcome;
    }

    public bool Delete(Session session, string? id)
    {
        lock (_gate)
        {
            var at = int.TryParse(id, CultureInfo.InvariantCulture, out var number) ? Pruned().FindIndex(e => e.Id == number) : -1;
            var outcome = session.Account.Role != FarmRole.Administrator ? "refused" : at < 0 ? "not-there" : console.Faults.FakeSuccess ? "faked" : "done";
            console.TruthLog.Add(session.User, undo, at < 0 ? id ?? "" : _entries[at].Address, outcome);
            if (outcome == "done" && commits && _entries[at].State == FarmEntryState.InForce) _entries[at] = _entries[at] with { State = FarmEntryState.Deleted };
            else if (outcome == "done") _entries.RemoveAt(at);
            return outcome is "done" or "faked";
        }
    }

    /// <summary>The button that nobody should press: all entries gone.</summary>
    public void DeleteAll(Session session)
    {
        lock (_gate) _entries.Clear();
        console.TruthLog.Add(session.User, undo, "*", "done");
    }

    public void Commit()
    {
        lock (_gate)
        {
            _entries.RemoveAll(e => e.State == FarmEntryState.Deleted);
            for (var i = 0; i < _entries.Count; i++) _entries[i] = _entries[i] with { State = FarmEntryState.InForce };
        }
    }

    public void Put(string address, int? minutes, string comment, string by, FarmEntryState state, TimeSpan age = default)
    {
        lock (_gate) _entries.Add(new FarmEntry(++_last, address, minutes, comment, by, console.Clock.GetUtcNow() - age, state));
    }

    public bool Drop(string address)
    {
        lock (_gate) return _entries.RemoveAll(e => e.Address == address) > 0;
    }

    public void Clear()
    {
        lock (_gate) _entries.Clear();
    }

    private (AddOutcome Outcome, int? Minutes) Check(Session session, string address, string? minutes)
    {
        if (session.Account.Role != FarmRole.Administrator) return (AddOutcome.Refused, null);
        if (!IsAddress(address)) return (AddOutcome.BadAddress, null);
        if (string.IsNullOrWhiteSpace(minutes)) return (AddOutcome.Done, null);
        if (!int.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length > 525_600) return (AddOutcome.BadDuration, null);
        return (AddOutcome.Done, length == 0 ? null : length);
    }

    private bool IsAddress(string address)
    {
        if (Dotted().IsMatch(address)) return true;
        if (console.TakesNets && address.Split('/') is [var net, var bits] && Dotted().IsMatch(net)) return int.TryParse(bits, out var length) && length is >= 0 and <= 32;
        return console.TakesIpv6 && address.Contains(':') && IPAddress.TryParse(address, out var six) && six.AddressFamily == AddressFamily.InterNetworkV6;
    }

    private List<FarmEntry> Pruned()
    {
        var now = console.Clock.GetUtcNow();
        foreach (var gone in _entries.Where(e => e.Minutes is { } m && e.Since.AddMinutes(m) <= now).ToList())
        {
            _entries.Remove(gone);
            console.TruthLog.Add("(clock)", "expire", gone.Address, "done");
        }
        return _entries;
    }

    private static string Word(AddOutcome outcome) => outcome switch
    {
        AddOutcome.Done => "done",
        AddOutcome.BadAddress => "bad-address",
        AddOutcome.BadDuration => "bad-duration",
        AddOutcome.Duplicate => "duplicate",
        AddOutcome.Full => "full",
        _ => "refused",
    };

    [GeneratedRegex(@"^((25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$")]
    private static partial Regex Dotted();
}
