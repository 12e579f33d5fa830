using System.Collections.Concurrent;

namespace Juming.Testing.Farm;

internal enum SignInOutcome { Done, WrongCaptcha, WrongPassword, Locked, Occupied, WantsCode, WrongCode, MustChangePassword }

/// <summary>A browser that the device knows by its cookie; nobody is signed in until <see cref="IsOpen"/>.</summary>
internal sealed class Session(string id, DateTimeOffset now)
{
    public string Id { get; } = id;
    public string Csrf { get; } = Guid.NewGuid().ToString("N");
    public FarmAccount? Holder { get; set; }
    public FarmAccount Account => Holder ?? throw new InvalidOperationException("Nobody is signed in.");
    public string User => Holder?.User ?? "";
    public bool IsOpen { get; set; }
    public string? Captcha { get; set; }
    public string? Nonce { get; set; }
    public int Pages { get; set; }
    public DateTimeOffset LastSeen { get; set; } = now;
    public ConcurrentDictionary<string, string> Memory { get; } = [];
}

/// <summary>Sessions, passwords, second steps and locks of one device.</summary>
internal sealed class SignIns(FarmConsole console)
{
    public const int TriesBeforeLock = 5;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Session> _sessions = [];
    private readonly Dictionary<string, int> _wrong = [];
    private readonly Dictionary<string, DateTimeOffset> _lockedUntil = [];
    private readonly Dictionary<string, string> _changedPasswords = [];

    public string PasswordOf(FarmAccount account)
    {
        lock (_gate) return _changedPasswords.GetValueOrDefault(account.User, account.Password);
    }

    public IReadOnlyList<string> Open
    {
        get { lock (_gate) return [.. _sessions.Values.Where(s => s.IsOpen).Select(s => s.User)]; }
    }

    public Session? Find(string? id)
    {
        if (id is null) return null;
        lock (_gate)
        {
            if (!_sessions.TryGetValue(id, out var session)) return null;
            var now = console.Clock.GetUtcNow();
            if (session.IsOpen && !IsAlive(session, now))
            {
                _sessions.Remove(id);
                console.TruthLog.Add(session.User, "session-lost", "", "expired");
                return null;
            }
            session.LastSeen = now;
            return session;
        }
    }

    public Session Fresh()
    {
        var session = new Session(Guid.NewGuid().ToString("N"), console.Clock.GetUtcNow());
        lock (_gate) _sessions[session.Id] = session;
        return session;
    }

    /// <summary>
    /// One try. <paramref name="proves"/> says whether what was sent fits the true password; <paramref name="captcha"/> is null where none was asked.
    /// Done gives the caller's session to the account.
    /// </summary>
    public SignInOutcome Try(Session session, string user, Func<string, bool> proves, bool? captcha = null, bool force = false)
    {
        var outcome = Decide(session, user, proves, captcha, force);
        if (outcome == SignInOutcome.Done) session.IsOpen = true;
        console.TruthLog.Add(user, "sign-in", "", Word(outcome), force ? "forced" : "");
        return outcome;
    }

    public SignInOutcome TryCode(Session session, string code)
    {
        var right = session.Holder is { TotpSeed: { } seed } && Totp.Fits(seed, code, console.Clock.GetUtcNow());
        if (right) session.IsOpen = true;
        console.TruthLog.Add(session.User, "sign-in", "", right ? "done" : "wrong-code", "second step");
        return right ? SignInOutcome.Done : SignInOutcome.WrongCode;
    }

    public void ChangePassword(Session session, string password)
    {
        lock (_gate) _changedPasswords[session.User] = password;
        console.Faults.ForcePasswordChange = false;
        console.TruthLog.Add(session.User, "password-change", session.User, "done");
        session.IsOpen = true;
    }

    public void Close(Session session)
    {
        lock (_gate) _sessions.Remove(session.Id);
        console.TruthLog.Add(session.User, "sign-out", "", "done");
    }

    public void ExpireAll()
    {
        lock (_gate) _sessions.Clear();
    }

    public void Occupy(FarmAccount account)
    {
        var session = Fresh();
        session.Holder = account;
        session.IsOpen = true;
    }

    public void Clear()
    {
        lock (_gate)
        {
            _sessions.Clear();
            _wrong.Clear();
            _lockedUntil.Clear();
            _changedPasswords.Clear();
        }
    }

    private SignInOutcome Decide(Session session, string user, Func<string, bool> proves, bool? captcha, bool force)
    {
        if (captcha == false) return SignInOutcome.WrongCaptcha;
        lock (_gate)
        {
            var now = console.Clock.GetUtcNow();
            if (_lockedUntil.TryGetValue(user, out var until) && until > now) return SignInOutcome.Locked;
            var account = console.Accounts.FirstOrDefault(a => a.User == user);
            if (account is null) return SignInOutcome.WrongPassword;
            if (!proves(_changedPasswords.GetValueOrDefault(user, account.Password))) return Missed(user, now);
            _wrong.Remove(user);
            session.Holder = account;
            if (console.IsSingleSession && _sessions.Values.Where(s => s.IsOpen && s != session && s.User == user && IsAlive(s, now)).ToList() is { Count: > 0 } others)
            {
                if (!force) return SignInOutcome.Occupied;
                foreach (var other in others) _sessions.Remove(other.Id);
                console.TruthLog.Add(user, "kick", user, "done");
            }
            if (account.TotpSeed is not null) return SignInOutcome.WantsCode;
            return console.Faults.ForcePasswordChange ? SignInOutcome.MustChangePassword : SignInOutcome.Done;
        }
    }

    private SignInOutcome Missed(string user, DateTimeOffset now)
    {
        var tries = _wrong[user] = _wrong.GetValueOrDefault(user) + 1;
        if (tries < TriesBeforeLock) return SignInOutcome.WrongPassword;
        _wrong.Remove(user);
        _lockedUntil[user] = now.AddMinutes(10);
        console.TruthLog.Add(user, "lock", user, "done", "10 min");
        return SignInOutcome.Locked;
    }

    private bool IsAlive(Session session, DateTimeOffset now) => now - session.LastSeen <= console.SessionIdle && session.Pages < console.SessionPages;

    private static string Word(SignInOutcome outcome) => outcome switch
    {
        SignInOutcome.Done => "done",
        SignInOutcome.WrongCaptcha => "wrong-captcha",
        SignInOutcome.WrongPassword => "wrong-password",
        SignInOutcome.Locked => "locked",
        SignInOutcome.Occupied => "occupied",
        SignInOutcome.WantsCode => "wants-code",
        SignInOutcome.WrongCode => "wrong-code",
        _ => "must-change-password",
    };
}
