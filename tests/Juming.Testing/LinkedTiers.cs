using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Juming.Operator.Customers.Sites;
using Juming.Platform.Handlers;
using Juming.Platform.Links;
using Juming.Platform.Links.Data;
using Juming.Platform.Links.Egress.Ledger;
using Juming.Platform.Links.Egress.Policy;
using Juming.Platform.Links.Join;
using Juming.Site.Incidents.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Testing;

/// <summary>Links two running tiers as people do: a token at the one, joining at the other.</summary>
public static class LinkedTiers
{
    /// <summary>Settings of an upper tier that lets others in at a port of its own choice.</summary>
    public static IReadOnlyDictionary<string, string?> Upper => new Dictionary<string, string?> { ["Modules:Links:Listen"] = "127.0.0.1:0" };

    /// <summary>Links them.</summary>
    public static async Task Join(RunningTier upper, RunningTier lower)
    {
        await using var scope = upper.Services.CreateAsyncScope();
        var invitation = await scope.ServiceProvider.GetRequiredService<ILinkDesk>().Invite(Guid.CreateVersion7(), CancellationToken.None) ?? throw new InvalidOperationException("No invitation.");
        var joined = await lower.Send(new JoinUpper(invitation.Url, new Secret(invitation.Token)));
        if (joined.Error is { } error) throw new InvalidOperationException(error.ToString());
    }

    /// <summary>Links a site with an operator under a customer of its own, and lets out what a level lets out.</summary>
    public static async Task JoinAsSite(RunningTier upper, RunningTier site, string customer, string name, int level)
    {
        var token = await upper.Send(new MakeSiteToken(customer, name));
        var joined = token.Error is null ? await site.Send(new JoinUpper(token.Value.Url, new Secret(token.Value.Token))) : token.Error;
        var chosen = joined.Error is null ? await site.Send(new ChoosePolicy(level)) : joined.Error;
        if (chosen.Error is { } error) throw new InvalidOperationException(error.ToString());
    }

    /// <summary>As if what is in the ledger had left on so many days before today: the chain is made again over other instants, and the days are signed as the hourly job signs them.</summary>
    public static async Task Age(RunningTier tier, int days)
    {
        await using var scope = tier.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LinksDb>();
        var rows = await db.Ledger.OrderBy(r => r.Seq).ToListAsync();
        var hash = LedgerChain.Start;
        for (var i = 0; i < rows.Count; i++)
        {
            rows[i].At = rows[i].At.AddDays((i * days / rows.Count) - days);
            rows[i].Hash = hash = LedgerChain.HashOf(hash, rows[i]);
        }
        (await db.LedgerEnds.SingleAsync()).Hash = hash;
        await db.SaveChangesAsync();
        await scope.ServiceProvider.GetRequiredService<LedgerHeads>().SignWhatEnded(CancellationToken.None);
    }

    /// <summary>Somebody guesses the password of root on web01 from each of these addresses.</summary>
    /// <param name="port">Where the site takes lines over TCP.</param>
    /// <param name="from">The addresses.</param>
    public static async Task Guess(int port, params string[] from)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        var now = TimeProvider.System.GetUtcNow().AddHours(8).AddSeconds(-30);
        for (var i = 0; i < 60; i++)
        {
            var time = now.AddSeconds(i / 3.0).ToString("MMM dd HH:mm:ss", CultureInfo.InvariantCulture);
            foreach (var address in from) await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes($"<38>{time} web01 sshd[{900 + i}]: Failed password for root from {address} port {40001 + i} ssh2\n"));
        }
    }

    /// <summary>Waits for the site's first incident; then as if these addresses had taken part in it.</summary>
    /// <returns>Its identity.</returns>
    public static async Task<Guid> AlsoAttack(RunningTier site, params string[] from)
    {
        await using var scope = site.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<IncidentsDb>();
        MemberRow? first = null;
        for (var i = 0; i < 600 && first is null; i++)
        {
            first = await db.Members.AsNoTracking().OrderBy(m => m.FirstAt).FirstOrDefaultAsync(m => m.IncidentId != null && m.Standing == Standing.Kept);
            if (first is null) await Task.Delay(200);
        }
        if (first is null) throw new TimeoutException("There is no incident.");
        foreach (var address in from)
            db.Add(new MemberRow { AlertId = Guid.CreateVersion7(), IncidentId = first.IncidentId, Standing = first.Standing, Reason = "target", RuleId = first.RuleId, Title = first.Title, Severity = first.Severity, FirstAt = first.FirstAt, LastAt = first.LastAt, DetectedAt = first.DetectedAt, Attacker = address, Victim = first.Victim, Host = first.Host, Account = first.Account, Tactics = first.Tactics, Techniques = first.Techniques });
        await db.SaveChangesAsync();
        return first.IncidentId!.Value;
    }

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
