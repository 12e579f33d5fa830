using System.Globalization;
using System.Text.RegularExpressions;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Tickets.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Juming.Site.Tickets.Work;

/// <summary>Lets one at a time open and change tickets.</summary>
internal sealed class TicketTurn : Turn;

/// <summary>Tickets for other modules: changes go through the same door as those of people.</summary>
internal sealed partial class TicketBook(IServiceScopeFactory scopes) : ITickets
{
    public static TicketStanding Standing(TicketRow row) => new(row.Id, row.ShortNumber, row.State, row.Assignee);

    public static async Task<bool> CanWork(IPeople people, string name, CancellationToken ct) => (await people.Holding(TicketsWrite.Code, ct)).Any(p => p.Name == name);

    /// <summary>The ticket of an identity or short number.</summary>
    public static Task<TicketRow?> Named(TicketsDb db, string name, CancellationToken ct)
    {
        if (Guid.TryParse(name, out var id)) return db.Tickets.FirstOrDefaultAsync(t => t.Id == id, ct);
        if (Number().Match(name) is not { Success: true } match || !int.TryParse(match.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return Task.FromResult<TicketRow?>(null);
        var year = int.Parse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture);
        return db.Tickets.FirstOrDefaultAsync(t => t.Year == year && t.Number == number, ct);
    }

    public Task<Result<TicketStanding>> Open(TicketWish wish, Actor by, CancellationToken ct) =>
        Send(by, new OpenTicket(wish.Title, wish.Details) { Key = wish.Key, Assignee = wish.Assignee, Priority = wish.Priority, DueAt = wish.DueAt, Incident = wish.Incident }, ct);

    public async Task<TicketStanding?> Look(string key, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var row = await scope.ServiceProvider.GetRequiredService<TicketsDb>().Tickets.AsNoTracking().FirstOrDefaultAsync(t => t.Key == key, ct);
        return row is null ? null : Standing(row);
    }

    public Task<Result<Done>> TakeBack(string key, Actor by, CancellationToken ct) => Send(by, new TakeTicketBack(key), ct);

    public async Task<bool> CanWork(string name, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await CanWork(scope.ServiceProvider.GetRequiredService<IPeople>(), name, ct);
    }

    private async Task<Result<T>> Send<T>(Actor by, ICommand<T> command, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<Sender>().SendAs(by, command, ct);
    }

    [GeneratedRegex("^TCK-([0-9]{4})-([0-9]{1,9})\\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Number();
}
