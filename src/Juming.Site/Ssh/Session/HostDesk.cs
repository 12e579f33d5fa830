using Juming.Platform.Handlers;
using Juming.Platform.Notify;
using Juming.Platform.Vault;
using Juming.Site.Ssh.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Ssh.Session;

/// <summary>Where the secrets of hosts belong in the vault.</summary>
internal static class HostSecrets
{
    public static SecretPlace Place(Guid host, bool passphrase) => new("ssh", host.ToString(), passphrase ? "passphrase" : "secret");
}

/// <summary>Signs in to hosts of the register, one session at a time on each, and keeps how they stand.</summary>
internal sealed class HostDesk(SshDb db, IVault vault, HostTurns turns, SshSettings settings, TimeProvider clock, INotices? notices = null)
{
    /// <summary>Code of the notice that a host is no longer signed in to.</summary>
    public const string Stopped = "ssh.host-stopped";

    private const int MostDetail = 500;

    /// <summary>Waits for the host's turn and signs in. The turn lasts until the visit is over.</summary>
    public async Task<HostVisit> Visit(Guid id, CancellationToken ct)
    {
        var turn = await turns.Enter(id, ct);
        try
        {
            var host = await db.Hosts.FirstOrDefaultAsync(h => h.Id == id, ct);
            if (host is null) return new HostVisit(turn, null, new SignedIn(null, SshErrors.NoSuchHost, "", "", ""), false);
            if (Refusal(host) is { } unable) return new HostVisit(turn, host, new SignedIn(null, unable, host.StateDetail, "", ""), false);
            var (secret, passphrase) = await Secrets(host, ct);
            if (secret is not { } known) return new HostVisit(turn, host, new SignedIn(null, SshErrors.NoSecret, "", "", ""), false);
            var signed = await HostSession.Open(host, known, passphrase, settings, ct);
            var pinned = signed.Session is not null && host.HostKey.Length == 0;
            try
            {
                await Keep(host, signed, ct);
            }
            catch
            {
                if (signed.Session is { } open) await open.DisposeAsync();
                throw;
            }
            return new HostVisit(turn, host, signed, pinned);
        }
        catch
        {
            turn.Dispose();
            throw;
        }
    }

    private static Error? Refusal(HostRow host) => host.State switch
    {
        HostState.WrongPassword => SshErrors.WrongPassword,
        HostState.KeyRefused => SshErrors.KeyRefused,
        HostState.HostKeyChanged => SshErrors.HostKeyChanged,
        _ => null,
    };

    private async Task<(Secret? Secret, Secret Passphrase)> Secrets(HostRow host, CancellationToken ct)
    {
        if (host.SecretId is not { } id) return (null, default);
        try
        {
            var secret = await vault.Open(id, HostSecrets.Place(host.Id, false), "ssh.sign-in", ct);
            var passphrase = host.PassphraseId is { } other ? await vault.Open(other, HostSecrets.Place(host.Id, true), "ssh.sign-in", ct) : new Secret("");
            return host.Way == SignInWay.Key && PrivateKey.Read(secret, passphrase) is null ? (null, default) : (secret, passphrase);
        }
        catch (SecretGoneException)
        {
            return (null, default);
        }
    }

    private async Task Keep(HostRow host, SignedIn signed, CancellationToken ct)
    {
        var before = host.State;
        if (signed.Session is not null)
        {
            if (host.HostKey.Length == 0) (host.HostKey, host.HostKeyType) = (signed.Key, signed.KeyType);
            // A fingerprint that a person typed has no type with it.
            if (host.HostKeyType.Length == 0) host.HostKeyType = signed.KeyType;
        }
        host.State = signed.Failure?.Code switch
        {
            null => HostState.Ready,
            var code when code == SshErrors.WrongPassword.Code => HostState.WrongPassword,
            var code when code == SshErrors.KeyRefused.Code => HostState.KeyRefused,
            var code when code == SshErrors.HostKeyChanged.Code => HostState.HostKeyChanged,
            _ => HostState.Failing,
        };
        (host.SeenKey, host.SeenKeyType) = host.State == HostState.HostKeyChanged ? (signed.Key, signed.KeyType) : ("", "");
        host.StateDetail = signed.Failure is null ? "" : RemoteText.Head(signed.Detail, MostDetail);
        host.StateAt = clock.GetUtcNow();
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            // A person changed the host meanwhile: what they wrote stands, and how the host stands shows at the next visit.
            db.Entry(host).State = EntityState.Detached;
            return;
        }
        if (notices is not null && before != host.State && Alarm(host) is { } alarm) await notices.Post(alarm, ct);
    }

    /// <summary>The notice of a host's state; null when it goes on by itself.</summary>
    private static Notice? Alarm(HostRow host) => host.State is not (HostState.WrongPassword or HostState.KeyRefused or HostState.HostKeyChanged) ? null : new Notice
    {
        Code = Stopped,
        // Another key may be another machine in the host's place.
        Weight = host.State == HostState.HostKeyChanged ? NoticeWeight.Critical : NoticeWeight.Urgent,
        Arguments = new Dictionary<string, string> { ["state"] = host.State.ToString() },
        Private = new Dictionary<string, string> { ["host"] = host.Name, ["detail"] = host.StateDetail },
        Path = "/ssh?open=" + host.Id,
        SameAs = $"{Stopped}/{host.Id}/{host.State}",
    };
}

/// <summary>A turn on a host, with a session where signing in worked.</summary>
internal sealed class HostVisit(IDisposable turn, HostRow? host, SignedIn signed, bool pinned) : IAsyncDisposable
{
    /// <summary>The host; null when it is gone.</summary>
    public HostRow? Host => host;

    public SignedIn Signed => signed;

    /// <summary>Its key was seen for the first time, and is the one that it must show from now on.</summary>
    public bool Pinned => pinned;

    public async ValueTask DisposeAsync()
    {
        if (signed.Session is { } session) await session.DisposeAsync();
        turn.Dispose();
    }
}
