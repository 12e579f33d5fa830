using System.Globalization;
using System.Text.Json;
using Juming.Platform.Access;
using Juming.Platform.Handlers;
using Juming.Site.Approvals;
using Juming.Site.Blocking.Blocks;
using Juming.Site.Blocking.Data;
using Juming.Site.Blocking.Drive;
using Juming.Site.Blocking.Protection;
using Microsoft.EntityFrameworkCore;

namespace Juming.Site.Blocking.Wide;

/// <summary>A person wants a range blocked that is wider than one alone may block, and asks another. Answers the wish's identity.</summary>
/// <param name="Target">Range.</param>
/// <param name="Reason">Why, at most 500 characters.</param>
/// <param name="Minutes">How long, 1 to 525,600; null for the step of the offence.</param>
/// <param name="Devices">Devices by identity; empty chooses by group.</param>
/// <param name="Group">Group of devices; empty for all that can block.</param>
/// <param name="Incident">Incident that it belongs to.</param>
/// <param name="Key">Identity of the wish: the same again does nothing new. Empty makes one.</param>
internal sealed record AskWide(string Target, string Reason, int? Minutes = null, IReadOnlyList<Guid>? Devices = null, string? Group = null, Guid? Incident = null, string? Key = null) : IBlockOrder, ICommand<Guid>, INeeds<BlockingWrite>
{
    /// <summary>The wish as it would be granted.</summary>
    public BlockWish Wish(string by) => new BlockAddress(Target, Reason, Minutes, Devices, Group, Incident, Key).Wish(by) with { TwoAgreed = true };
}

file sealed class Validator : BlockOrderRules<AskWide>;

file sealed class Handler(BlockingDb db, IProtectedAddresses book, RefusalBook refusals, DeviceBook devices, DeviceChoice choice, WideWishes wishes, CurrentActor current, TimeProvider clock) : ICommandHandler<AskWide, Guid>
{
    private const int MostOpen = 50;

    public async Task<Result<Guid>> Handle(AskWide request, CancellationToken cancellationToken)
    {
        // Two people agree: who asks is the first of them.
        if (current.Actor.PersonId is not { } person) return BlockingErrors.PeopleOnly;
        var wish = request.Wish(current.Actor.Name);
        var check = await book.Check(wish.Target, cancellationToken);
        if (BlockDesk.Refusal(check, wish) is { } refused)
        {
            await refusals.Note(wish.Target, BlockDesk.Code(refused), check.Entry, wish.By, false, cancellationToken);
            return refused;
        }
        if (!check.Wide) return BlockingErrors.NotWide.With("target", check.Target!);
        if (await db.Wide.AsNoTracking().FirstOrDefaultAsync(w => w.Key == wish.Key, cancellationToken) is { } there) return there.Target == check.Target ? there.Id : BlockingErrors.KeyOfOther;
        if (await db.Wide.AsNoTracking().FirstOrDefaultAsync(w => w.State == WideState.Asked && w.Target == check.Target, cancellationToken) is { } same) return BlockingErrors.AskedAlready.With("target", same.Target).With("by", same.By);
        if (await db.Wide.CountAsync(w => w.State == WideState.Asked, cancellationToken) >= MostOpen) return BlockingErrors.TooManyAsked.With("most", MostOpen.ToString(CultureInfo.InvariantCulture));
        var chosen = await choice.Of(wish, (await devices.All(cancellationToken)).Select(d => d.Device), null, cancellationToken);
        if (chosen.Error is { } none) return none;
        var row = db.Add(new WideRow
        {
            Key = wish.Key,
            Target = check.Target!,
            Reason = wish.Reason.Trim(),
            Minutes = request.Minutes,
            Devices = JsonSerializer.Serialize(wish.Devices.Distinct()),
            DeviceNames = Shown(chosen.Value),
            Group = wish.Group,
            Incident = wish.Incident,
            By = current.Actor.Name,
            ById = person.ToString(),
            AskedAt = clock.GetUtcNow(),
        }).Entity;
        await db.SaveChangesAsync(cancellationToken);
        // Asked from here so that the question is there when the page looks; what a crash leaves out the loop asks.
        await wishes.Settle(cancellationToken);
        return row.Id;
    }

    /// <summary>What the other person must see whole fits a line; of many devices the first and how many more.</summary>
    private static string Shown(IReadOnlyList<BlockDevice> chosen)
    {
        const int Named = 8;
        var names = string.Join(", ", chosen.Take(Named).Select(d => d.Name.Length > 100 ? d.Name[..100] + "…" : d.Name));
        return chosen.Count > Named ? string.Create(CultureInfo.InvariantCulture, $"{names} +{chosen.Count - Named}") : names;
    }
}
