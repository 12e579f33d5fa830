using System.Globalization;
using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Notify.Data;
using Juming.Platform.Notify.Posting;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Notify.Mine;

/// <summary>How many notices the person has not read, and how many of them press.</summary>
internal sealed record GetBell : IQuery<Bell>, IAboutMyself;

/// <summary>Counts for the bell.</summary>
internal sealed record Bell(int Unread, int Urgent);

/// <summary>The person's own notices, the latest first.</summary>
internal sealed record ListMyNotices(bool OnlyUnread, int Skip = 0, int Take = 50) : IQuery<MyNotices>, IAboutMyself;

/// <summary>A page of them.</summary>
internal sealed record MyNotices(IReadOnlyList<MyNotice> Items, int Total, int Unread);

/// <summary>A notice in the reader's language, with everything in it: the console lies inside.</summary>
internal sealed record MyNotice(Guid Id, string Code, NoticeWeight Weight, string Title, string Text, string? Path, DateTimeOffset At, bool IsRead, DateTimeOffset? AcknowledgedAt, string? AcknowledgedBy);

/// <summary>Marks own notices as read; none named marks all.</summary>
internal sealed record ReadNotices(IReadOnlyList<Guid> Ids) : ICommand<Done>, IAboutMyself;

/// <summary>Says that one sees to it; nobody else is called any more.</summary>
internal sealed record AcknowledgeNotice(Guid Id) : ICommand<Done>, IAboutMyself;

file sealed class Validator : AbstractValidator<ListMyNotices>
{
    public Validator()
    {
        RuleFor(d => d.Skip).InclusiveBetween(0, 1_000_000);
        RuleFor(d => d.Take).InclusiveBetween(1, 200);
    }
}

file sealed class BellHandler(NotifyDb db, CurrentActor current) : IQueryHandler<GetBell, Bell>
{
    private const int Most = 1000;

    public async Task<Result<Bell>> Handle(GetBell request, CancellationToken ct)
    {
        if (current.Actor.PersonId is not { } person) return NotifyErrors.OnlyPeople;
        // Nobody reads more than this off a bell, and every open tab asks.
        var weights = await (from i in db.Inbox where i.PersonId == person && i.ReadAt == null join n in db.Notices on i.NoticeId equals n.Id select n.Weight).Take(Most).ToListAsync(ct);
        return new Bell(weights.Count, weights.Count(w => w >= (int)NoticeWeight.Urgent));
    }
}

file sealed class ListHandler(NotifyDb db, NoticeBook book, CurrentActor current) : IQueryHandler<ListMyNotices, MyNotices>
{
    public async Task<Result<MyNotices>> Handle(ListMyNotices request, CancellationToken ct)
    {
        if (current.Actor.PersonId is not { } person) return NotifyErrors.OnlyPeople;
        var mine = db.Inbox.AsNoTracking().Where(i => i.PersonId == person);
        var fitting = request.OnlyUnread ? mine.Where(i => i.ReadAt == null) : mine;
        var rows = await (from i in fitting join n in db.Notices on i.NoticeId equals n.Id orderby i.At descending, i.Id descending select new { Inbox = i, Notice = n }).Skip(request.Skip).Take(request.Take).ToListAsync(ct);
        return new MyNotices([.. rows.Select(r => View(r.Inbox, r.Notice))], await fitting.CountAsync(ct), await mine.CountAsync(i => i.ReadAt == null, ct));
    }

    private MyNotice View(InboxRow inbox, NoticeRow notice)
    {
        var words = book.Write(notice, CultureInfo.CurrentUICulture, _ => true);
        return new MyNotice(notice.Id, notice.Code, (NoticeWeight)notice.Weight, words.Title, words.Text, notice.Path, notice.PostedAt, inbox.ReadAt is not null, notice.AcknowledgedAt, notice.AcknowledgedBy);
    }
}

file sealed class ReadHandler(NotifyDb db, CurrentActor current, TimeProvider clock) : ICommandHandler<ReadNotices, Done>
{
    public async Task<Result<Done>> Handle(ReadNotices request, CancellationToken ct)
    {
        if (current.Actor.PersonId is not { } person) return NotifyErrors.OnlyPeople;
        var now = clock.GetUtcNow();
        var unread = await db.Inbox.Where(i => i.PersonId == person && i.ReadAt == null && (request.Ids.Count == 0 || request.Ids.Contains(i.NoticeId))).ToListAsync(ct);
        foreach (var row in unread) row.ReadAt = now;
        await db.SaveChangesAsync(ct);
        return Done.Value;
    }
}

file sealed class AcknowledgeHandler(NotifyDb db, CurrentActor current, TimeProvider clock) : ICommandHandler<AcknowledgeNotice, Done>
{
    public async Task<Result<Done>> Handle(AcknowledgeNotice request, CancellationToken ct)
    {
        if (current.Actor.PersonId is not { } person) return NotifyErrors.OnlyPeople;
        if (await db.Inbox.SingleOrDefaultAsync(i => i.PersonId == person && i.NoticeId == request.Id, ct) is not { } inbox) return NotifyErrors.NoSuchNotice;
        var notice = await db.Notices.SingleAsync(n => n.Id == request.Id, ct);
        var now = clock.GetUtcNow();
        inbox.ReadAt ??= now;
        // The first counts: it is what kept others from being called.
        if (notice.AcknowledgedAt is null) (notice.AcknowledgedAt, notice.AcknowledgedBy) = (now, current.Actor.Name);
        await db.SaveChangesAsync(ct);
        return Done.Value;
    }
}
