using System.Collections.Concurrent;

namespace Juming.Site.DeviceLinkage.Runs;

/// <summary>Signed-in sessions of devices, in memory only: a session is as good as a password, and a restart costs no more than one sign-in.</summary>
internal sealed class SessionStore(LinkageSettings settings, ParkedWindows parked, TimeProvider clock)
{
    private readonly ConcurrentDictionary<Guid, KeptSession> _sessions = new();
    private readonly ConcurrentDictionary<(Guid Device, Guid Recipe), Uri> _places = new();

    /// <summary>The session of a device and account, or null when there is none that may still hold.</summary>
    public KeptSession? Find(Guid device, string account) =>
        _sessions.TryGetValue(device, out var session) && session.Account == account && clock.GetUtcNow() - session.At < TimeSpan.FromMinutes(settings.SessionMinutes) ? session : null;

    public void Keep(Guid device, string account, string state, Uri home)
    {
        if (settings.SessionMinutes > 0) _sessions[device] = new KeptSession(state, account, home, clock.GetUtcNow());
    }

    /// <summary>Forgets the session, and closes the page that is signed in by it.</summary>
    public void Forget(Guid device)
    {
        _sessions.TryRemove(device, out _);
        parked.Close(device);
    }

    /// <summary>Where a recipe's menus led to on a device the last time.</summary>
    public Uri? Place(Guid device, Guid recipe) => _places.GetValueOrDefault((device, recipe));

    public void ForgetPlaces(Guid device)
    {
        foreach (var key in _places.Keys.Where(k => k.Device == device)) _places.TryRemove(key, out _);
    }

    public void KeepPlace(Guid device, Guid recipe, Uri place) => _places[(device, recipe)] = place;
}

/// <summary>A signed-in session.</summary>
/// <param name="State">Cookies and storage of the browser's context.</param>
/// <param name="Account">Account that is signed in.</param>
/// <param name="Home">Where the console led after the sign-in.</param>
/// <param name="At">When that was.</param>
internal sealed record KeptSession(string State, string Account, Uri Home, DateTimeOffset At);
