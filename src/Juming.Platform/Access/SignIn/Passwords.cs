using System.Text;
using Juming.Platform.Access.Data;
using Juming.Platform.Handlers;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Juming.Platform.Access.SignIn;

/// <summary>Makes and checks password hashes: PBKDF2 with SHA-512, 210,000 rounds. Two at a time, so that a flood of sign-ins leaves the processor to others.</summary>
internal sealed class Passwords
{
    private const int Shortest = 12;
    private const int Longest = 256;

    private readonly PasswordHasher<User> _hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));
    private readonly SemaphoreSlim _turns = new(2, 2);
    private readonly Lazy<string> _nobodysHash;

    public Passwords() => _nobodysHash = new Lazy<string>(() => _hasher.HashPassword(null!, OnceShown.Make()));

    public static Error? Refusal(string password, string name)
    {
        if (password.Length is < Shortest or > Longest) return AccessErrors.PasswordLength;
        var plain = password.ToLowerInvariant();
        if (name.Length > 0 && plain.Contains(name.ToLowerInvariant(), StringComparison.Ordinal)) return AccessErrors.PasswordCommon;
        var covered = CommonBases.CoverOf(plain);
        // What is left besides well-known words, digits and signs must still be worth guessing.
        var left = plain.Where((c, i) => char.IsLetter(c) && !covered[i]).Count();
        return (covered.Contains(true) && left < 4) || plain.All(char.IsAsciiDigit) || plain.Distinct().Count() < 6 ? AccessErrors.PasswordCommon : null;
    }

    public async Task<string> HashOf(string password, CancellationToken ct)
    {
        await _turns.WaitAsync(ct);
        try
        {
            return await Task.Run(() => _hasher.HashPassword(null!, Normal(password)), ct);
        }
        finally
        {
            _turns.Release();
        }
    }

    /// <summary>True when it is the user's password; takes as long when there is no such user.</summary>
    public async Task<bool> Fits(User? user, string password, CancellationToken ct)
    {
        if (password.Length > Longest) password = "";
        await _turns.WaitAsync(ct);
        try
        {
            var hash = user?.PasswordHash ?? _nobodysHash.Value;
            var fits = await Task.Run(() => _hasher.VerifyHashedPassword(user!, hash, Normal(password)) != PasswordVerificationResult.Failed, ct);
            return fits && user?.PasswordHash is not null && user.DisabledAt is null;
        }
        finally
        {
            _turns.Release();
        }
    }

    private static string Normal(string password)
    {
        try
        {
            return password.Normalize(NormalizationForm.FormKC);
        }
        catch (ArgumentException)
        {
            return password;
        }
    }
}
