using System.Net.Http.Headers;
using Juming.Platform.Access;
using Juming.Platform.Access.Data;
using Juming.Platform.Access.Sessions;
using Juming.Platform.Access.Tokens;
using Juming.Platform.Modules;
using Juming.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Architecture.Tests.Matrix;

/// <summary>Somebody who calls: a column of the matrix.</summary>
/// <param name="Name">Head of the column.</param>
/// <param name="Http">Their client.</param>
/// <param name="Session">Session of a person.</param>
internal sealed record Caller(string Name, HttpClient Http, Session? Session = null) : IDisposable
{
    /// <summary>No session, no token.</summary>
    public static Caller Nobody(RunningTier tier) => new("nobody", tier.Client(followRedirects: false, RunningTier.AnotherAddress()));

    /// <summary>A person with one role; with <paramref name="elsewhere"/>, one whose role holds at another site.</summary>
    public static async Task<Caller> Person(RunningTier tier, Role role, Elsewhere? elsewhere = null)
    {
        var http = await tier.SignIn(role);
        var secret = http.DefaultRequestHeaders.GetValues("Cookie").Single().Split('=', 2)[1];
        var session = await tier.Services.GetRequiredService<SessionRegistry>().Find(secret, CancellationToken.None);
        elsewhere?.Send(session!.UserId);
        return new Caller(role.ToString(), http, session);
    }

    /// <summary>A token that holds these permissions, none included.</summary>
    public static async Task<Caller> Token(RunningTier tier, string name, IReadOnlyCollection<string> permissions, Elsewhere? elsewhere = null)
    {
        await using var scope = tier.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccessDb>();
        var secret = TokenRegistry.Mark + OnceShown.Make();
        var now = TimeProvider.System.GetUtcNow();
        var row = new TokenRow { Name = name, Start = secret[..9], Hash = OnceShown.HashOf(secret), Scopes = string.Join(',', permissions), CreatedBy = "test", CreatedAt = now, ExpiresAt = now.AddDays(1) };
        db.Add(row);
        await db.SaveChangesAsync();
        tier.Services.GetRequiredService<TokenRegistry>().Add(row);
        elsewhere?.Send(row.Id);
        var http = tier.Client(followRedirects: false, RunningTier.AnotherAddress());
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        return new Caller(name, http);
    }

    /// <inheritdoc/>
    public void Dispose() => Http.Dispose();
}

/// <summary>All callers of a tier.</summary>
internal sealed class Callers : IDisposable
{
    private Callers(Caller nobody, Caller powerless, Caller elsewhere) => (Nobody, Powerless, AllPowersElsewhere) = (nobody, powerless, elsewhere);

    /// <summary>No session, no token.</summary>
    public Caller Nobody { get; }

    /// <summary>A token that holds no permission.</summary>
    public Caller Powerless { get; }

    /// <summary>A token that holds every permission, at another site.</summary>
    public Caller AllPowersElsewhere { get; }

    /// <summary>One person a role, each with a twin at another site.</summary>
    public List<(Caller Here, Caller Elsewhere)> People { get; } = [];

    /// <summary>One token a permission, named by it.</summary>
    public List<Caller> Tokens { get; } = [];

    public static async Task<Callers> At(RunningTier tier, Elsewhere elsewhere)
    {
        var permissions = tier.Services.GetRequiredService<PermissionMap>().All;
        var callers = new Callers(Caller.Nobody(tier), await Caller.Token(tier, "powerless", []), await Caller.Token(tier, "elsewhere", permissions, elsewhere));
        foreach (var role in Enum.GetValues<Role>()) callers.People.Add((await Caller.Person(tier, role), await Caller.Person(tier, role, elsewhere)));
        foreach (var permission in permissions.Order(StringComparer.Ordinal)) callers.Tokens.Add(await Caller.Token(tier, permission, [permission]));
        return callers;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var caller in People.SelectMany(p => new[] { p.Here, p.Elsewhere }).Concat(Tokens).Append(Nobody).Append(Powerless).Append(AllPowersElsewhere)) caller.Dispose();
    }
}
