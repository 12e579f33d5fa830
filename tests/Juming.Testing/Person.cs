using System.Text.RegularExpressions;
using Juming.Platform.Access;
using Juming.Platform.Access.Data;
using Juming.Platform.Access.Sessions;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Testing;

/// <summary>People at a running tier.</summary>
public static class Person
{
    /// <summary>A browser-like client that is signed in as a new account with these roles; unsafe calls carry what the antiforgery check asks for.</summary>
    public static async Task<HttpClient> SignIn(this RunningTier tier, params Role[] roles)
    {
        await using var scope = tier.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccessDb>();
        var name = "p" + Guid.NewGuid().ToString("N")[..12];
        var user = new User { Name = name, NameKey = name, Roles = RoleSet.Write(roles), CreatedAt = TimeProvider.System.GetUtcNow() };
        db.Add(user);
        if (!db.HostStates.Any()) db.Add(new HostState { SetUpAt = TimeProvider.System.GetUtcNow(), Trial = false });
        await db.SaveChangesAsync();
        var (_, secret) = await tier.Services.GetRequiredService<SessionRegistry>().Open(db, user, "127.0.0.1", "test", CancellationToken.None);
        var client = tier.Client(followRedirects: false, RunningTier.AnotherAddress());
        client.DefaultRequestHeaders.Add("Cookie", $"__Host-juming-{tier.Services.GetRequiredService<Platform.Modules.TierContext>().Tier.Name}={secret}");
        // The confirmation page is the smallest one with a form: its token speaks for this session.
        using var page = await client.GetAsync("/confirm");
        var token = Regex.Match(await page.Content.ReadAsStringAsync(), "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value;
        client.DefaultRequestHeaders.Add("RequestVerificationToken", token);
        return client;
    }

    /// <summary>A new account with a second factor, not signed in.</summary>
    public static async Task<Account> Account(this RunningTier tier, Role role, bool disabled = false)
    {
        await using var scope = tier.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccessDb>();
        var secret = OtpNet.KeyGeneration.GenerateRandomKey(20);
        var name = "a" + Guid.NewGuid().ToString("N")[..12];
        var now = TimeProvider.System.GetUtcNow();
        var user = new User { Name = name, NameKey = name, Roles = RoleSet.Write([role]), CreatedAt = now, TotpSecret = scope.ServiceProvider.GetRequiredService<Platform.Access.SignIn.SecondFactors>().Seal(secret), DisabledAt = disabled ? now : null };
        db.Add(user);
        await db.SaveChangesAsync();
        return new Account(user.Id, name, secret);
    }

    /// <summary>A client with an API token that holds these permissions.</summary>
    public static async Task<HttpClient> WithToken(this RunningTier tier, params string[] permissions)
    {
        var made = await tier.Send(new Platform.Access.Tokens.CreateToken("test", permissions, 1));
        var client = tier.Client(followRedirects: false);
        client.DefaultRequestHeaders.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", made.Value.Token);
        return client;
    }

    /// <summary>Makes every proof of identity too old (or new again), so that sensitive acts ask for it.</summary>
    public static async Task SetConfirmed(this RunningTier tier, DateTimeOffset at)
    {
        foreach (var session in await tier.Services.GetRequiredService<SessionRegistry>().List(CancellationToken.None)) session.ConfirmedAt = at;
    }
}

/// <summary>An account of a test.</summary>
/// <param name="Id">Identity.</param>
/// <param name="Name">Name.</param>
/// <param name="Secret">Seed of its authenticator app.</param>
public sealed record Account(Guid Id, string Name, byte[] Secret)
{
    /// <summary>What its app shows now.</summary>
    public string Code => new OtpNet.Totp(Secret).ComputeTotp(TimeProvider.System.GetUtcNow().UtcDateTime);
}
