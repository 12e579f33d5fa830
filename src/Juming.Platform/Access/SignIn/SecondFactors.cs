using System.Security.Cryptography;
using Juming.Platform.Access.Data;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using OtpNet;

namespace Juming.Platform.Access.SignIn;

/// <summary>Time-based one-time passwords (RFC 6238, 30 s, 6 digits, SHA-1 as every phone speaks it) and recovery codes.</summary>
internal sealed class SecondFactors(IDataProtectionProvider protection, TimeProvider clock)
{
    private const string Alphabet = "abcdefghjkmnpqrstuvwxyz23456789";
    private const int RecoveryCodes = 10;

    private readonly IDataProtector _seal = protection.CreateProtector("juming.access.second-factor");

    public string Seal(byte[] secret) => _seal.Protect(Convert.ToHexString(secret));

    /// <summary>The time step of a valid code, one step of clock skew either way; null when the code is wrong.</summary>
    public long? StepOf(byte[] secret, string code)
    {
        if (code.Length != 6) return null;
        return new Totp(secret).VerifyTotp(clock.GetUtcNow().UtcDateTime, code, out var step, new VerificationWindow(1, 1)) ? step : null;
    }

    /// <summary>Takes a code of the phone or a recovery code; marks it used. The caller saves, and the account's stamp lets only one of two callers win.</summary>
    public async Task<bool> Take(AccessDb db, User user, string code, CancellationToken ct)
    {
        code = code.Trim().Replace(" ", "", StringComparison.Ordinal);
        if (user.TotpSecret is null || code.Length > 32) return false;
        if (code.Length == 6)
        {
            if (Open(user.TotpSecret) is not { } seed || StepOf(seed, code) is not { } step || step <= user.TotpStep) return false;
            user.TotpStep = step;
        }
        else
        {
            var hash = OnceShown.HashOf(code.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant());
            if (await db.RecoveryCodes.FirstOrDefaultAsync(c => c.UserId == user.Id && c.Hash == hash && c.UsedAt == null, ct) is not { } recovery) return false;
            recovery.UsedAt = clock.GetUtcNow();
        }
        user.Stamp = Guid.CreateVersion7();
        return true;
    }

    /// <summary>The seed; null when the key ring that sealed it is lost, and the second factor with it.</summary>
    private byte[]? Open(string secret)
    {
        try
        {
            return Convert.FromHexString(_seal.Unprotect(secret));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>New recovery codes for the person; the old ones end. They carry 60 bits each.</summary>
    public static async Task<IReadOnlyList<string>> Renew(AccessDb db, User user, CancellationToken ct)
    {
        db.RemoveRange(await db.RecoveryCodes.Where(c => c.UserId == user.Id).ToListAsync(ct));
        var codes = Enumerable.Range(0, RecoveryCodes).Select(_ => RandomNumberGenerator.GetString(Alphabet, 12)).ToList();
        foreach (var code in codes) db.Add(new RecoveryCode { UserId = user.Id, Hash = OnceShown.HashOf(code) });
        return [.. codes.Select(c => $"{c[..4]}-{c[4..8]}-{c[8..]}")];
    }

    /// <summary>The address that phones scan.</summary>
    public static string UriOf(byte[] secret, string name, string host) => new OtpUri(OtpType.Totp, secret, name, "Juming " + host).ToString();
}
