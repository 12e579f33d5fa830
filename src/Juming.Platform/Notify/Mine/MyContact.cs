using FluentValidation;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Platform.Notify.Channels;
using Juming.Platform.Notify.Data;
using Microsoft.EntityFrameworkCore;

namespace Juming.Platform.Notify.Mine;

/// <summary>How the person wants to be reached.</summary>
internal sealed record GetMyContact : IQuery<MyContact>, IAboutMyself;

/// <summary>Addresses; empty for none.</summary>
/// <param name="Email">Mail address.</param>
/// <param name="WeCom">WeCom user.</param>
/// <param name="Language">"zh-CN", "en", or empty for the channel's.</param>
/// <param name="WeComProven">The WeCom user was shown to be the person's own.</param>
/// <param name="CanProve">There is a channel that could send a code.</param>
internal sealed record MyContact(string Email, string WeCom, string Language, bool WeComProven = false, bool CanProve = false);

/// <summary>Says how one wants to be reached.</summary>
internal sealed record SetMyContact(string Email, string WeCom, string Language) : ICommand<Done>, IAboutMyself;

file sealed class Validator : AbstractValidator<SetMyContact>
{
    public Validator()
    {
        RuleFor(c => c.Email).Must(m => m.Length == 0 || ChannelForm.IsMail(m));
        // The separator of several and "@all" would reach others.
        RuleFor(c => c.WeCom).Matches("^[A-Za-z0-9_.@-]{0,64}$").Must(w => !w.StartsWith('@'));
        RuleFor(c => c.Language).Must(l => l is "" or "zh-CN" or "en");
    }
}

file sealed class GetHandler(NotifyDb db, CurrentActor current) : IQueryHandler<GetMyContact, MyContact>
{
    public async Task<Result<MyContact>> Handle(GetMyContact request, CancellationToken ct)
    {
        if (current.Actor.PersonId is not { } person) return NotifyErrors.OnlyPeople;
        var canProve = (await db.Channels.AsNoTracking().Where(c => c.Enabled && c.Kind == ChannelKind.WeComApp).ToListAsync(ct)).Any(c => ChannelForm.SecretsOf(c).ContainsKey("token"));
        return await db.Contacts.AsNoTracking().SingleOrDefaultAsync(c => c.PersonId == person, ct) is { } row ? new MyContact(row.Email, row.WeCom, row.Language, row.WeComProvenAt is not null, canProve) : new MyContact("", "", "", CanProve: canProve);
    }
}

file sealed class SetHandler(NotifyDb db, CurrentActor current) : ICommandHandler<SetMyContact, Done>
{
    public async Task<Result<Done>> Handle(SetMyContact request, CancellationToken ct)
    {
        if (current.Actor.PersonId is not { } person) return NotifyErrors.OnlyPeople;
        if (await db.Contacts.SingleOrDefaultAsync(c => c.PersonId == person, ct) is { } row)
        {
            if (row.WeCom != request.WeCom) row.WeComProvenAt = null;
            (row.Email, row.WeCom, row.Language) = (request.Email, request.WeCom, request.Language);
        }
        else db.Add(new ContactRow { PersonId = person, Email = request.Email, WeCom = request.WeCom, Language = request.Language });
        await db.SaveChangesAsync(ct);
        return Done.Value;
    }
}
